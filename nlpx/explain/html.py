"""A saliency map as inline HTML: safe for any text, and small enough for thousands on a page."""

from __future__ import annotations

from html import escape
from itertools import groupby

import numpy as np

from nlpx.explain.saliency import Saliency
from nlpx.explain.strength import strengths

LEVELS = 6
"""Shades of each sign."""

CSS = "\n".join(
    [
        ".heat{overflow-wrap:anywhere;white-space:pre-wrap;unicode-bidi:isolate}",
        ".heat i{font-style:normal;border-radius:2px}",
        ".heat u{text-decoration:none;outline:1px solid currentColor;border-radius:2px}",
        *(f".heat .p{n}{{background:rgba(224,82,40,{n / LEVELS * 0.72:.2f})}}" for n in range(1, LEVELS + 1)),
        *(
            f".heat .n{n}{{background:rgba(40,120,224,{n / LEVELS * 0.72:.2f})}}"
            for n in range(1, LEVELS + 1)
        ),
    ]
)
"""Goes into the page's `<style>` once; reads well on light and on dark ground. Orange for, blue against."""

VISIBLE: dict[int, str | int] = {
    code: f"<U+{code:04X}>" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
VISIBLE |= {code: 0x2400 + code for code in range(32) if code not in (9, 10)} | {127: 0x2421}
VISIBLE |= dict.fromkeys((*range(128, 160), *range(55296, 57344), 0xFFFE, 0xFFFF), 65533)


def safe(text: str) -> str:
    """Escaped text; what would steer the page (controls, bidirectional overrides) is made visible instead."""
    return escape(text.translate(VISIBLE))


def levels(scores: np.ndarray, most: int = LEVELS) -> np.ndarray:
    """Whole shades `(units,)` from -most to most, in proportion to the greatest score."""
    top = float(np.abs(scores).max(initial=0.0))
    if not top or not np.isfinite(top):
        return np.zeros(len(scores), int)
    return np.rint(np.asarray(scores) / top * most).astype(int)


def heat(saliency: Saliency) -> str:
    """The text with its units shaded; the span that the decision is about is outlined. Wants `CSS` in the page."""
    text = saliency.text
    shades = np.zeros(len(text), int)
    for (start, end), level in zip(saliency.offsets, levels(strengths(saliency)).tolist(), strict=True):
        shades[start:end] = level
    inside = np.zeros(len(text), bool)
    if saliency.span is not None:
        inside[slice(*saliency.span)] = True
    keys = list(zip(inside.tolist(), shades.tolist(), strict=True))
    out, place = [], 0
    for marked, part in groupby(keys, key=lambda key: key[0]):
        shaded = ""
        for level, run in groupby(part, key=lambda key: key[1]):
            end = place + sum(1 for _ in run)
            shaded += _run(text[place:end], level)
            place = end
        out.append(f"<u>{shaded}</u>" if marked else shaded)
    return f'<span class="heat" dir="auto">{"".join(out)}</span>'


def _run(text: str, level: int) -> str:
    if not level:
        return safe(text)
    return f'<i class="{"p" if level > 0 else "n"}{abs(level)}">{safe(text)}</i>'
