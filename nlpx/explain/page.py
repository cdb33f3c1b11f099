"""Saliency maps as one HTML page that needs nothing else: written piece by piece, safe for any text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from nlpx.explain.html import CSS, LEVELS, heat, safe
from nlpx.explain.legend import SIGNED, Legend, legends
from nlpx.explain.saliency import Saliency
from nlpx.explain.strength import share_text

HEAD = """<!doctype html>
<html lang="und"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root{{color-scheme:light dark;--line:#8885}}
body{{font:16px/1.7 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}}
h1{{font-size:1.3rem}} article{{border-top:1px solid var(--line);padding:.8rem 0}}
header{{font-size:.85rem;opacity:.8}} header b{{font-size:1rem}}
.map{{display:grid;grid-template-columns:11rem 1fr;gap:.2rem 1rem;margin:.4rem 0}}
.map small{{opacity:.7;line-height:1.9rem;overflow-wrap:anywhere}}
@media(max-width:40rem){{.map{{grid-template-columns:1fr}}}}
{css}
</style></head><body>
<h1>{title}</h1>
{legend}<p>Shades are in proportion to the strongest unit of each map. Where a part of the text was decided about
(outlined), it and its context have scales of their own, and how much of the map lies on it is told.</p>
"""
TAIL = "</body></html>\n"
"""The end."""


def head(title: str, methods: Sequence[str] = ()) -> str:
    """The beginning of a page of maps by some methods."""
    found = legends(methods) or [(SIGNED, "")]
    legend = "".join(_legend(one, names if len(found) > 1 else "") for one, names in found)
    return HEAD.format(title=safe(title), css=CSS, legend=legend)


def _legend(legend: Legend, names: str) -> str:
    whose = f"{safe(names)}: " if names else ""
    below = f', <span class="heat"><i class="n{LEVELS}">{legend.below}</i></span>' if legend.below else ""
    return f'<p>{whose}<span class="heat"><i class="p{LEVELS}">{legend.above}</i></span>{below}</p>\n'


def articles(maps: Sequence[Saliency]) -> Iterator[str]:
    """The maps of a text, those of one decision together."""
    for (target, span), group in groupby(maps, key=lambda one: (one.target, one.span)):
        own = list(group)
        rows = "".join(f"<small>{_label(one)}</small><div>{heat(one)}</div>" for one in own)
        surface = "" if span is None else f" {safe(own[0].text[slice(*span)])}"
        about = f"<b>{safe(target)}</b>{surface}{_percent(own[0].probability)} · {safe(own[0].id)}"
        yield f'<article><header>{about}</header><div class="map">{rows}</div></article>\n'


def _label(one: Saliency) -> str:
    share = share_text(one)
    return f"{safe(one.method)}{f', {share}' if share else ''}"


def _percent(probability: float | None) -> str:
    return "" if probability is None else f" {probability:.3f}"
