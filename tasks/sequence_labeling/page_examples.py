"""The texts of a tagger's report page: both sides of each drawn in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from nlpx.report.content import Item
from nlpx.report.marks import Mark, drawn
from nlpx.report.templating import render
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.span_confidence import Confidence
from nlpx.tasks.sequence_labeling.span_errors import OF_PREDICTED, Judgement
from nlpx.text.spans import Span


@dataclass(frozen=True)
class Seen:
    """One text with both sides of it.

    Attributes:
        row: its place in the split.
        gold, said: a judgement of each span.
        sure: probability of each span of either side; None where the model does not tell.
        labelled: whether there is a gold side at all.
    """

    row: int
    example: Example
    gold: list[Judgement]
    said: list[Judgement]
    sure: Confidence
    labelled: bool


def item(text: Seen, colors: Mapping[str, int]) -> Item:
    wrong = [one for one in (*text.gold, *text.said) if one.kind != "right"]
    return Item(
        row=text.row,
        id=text.example.id,
        text=text.example.text,
        answer=_answer(text) if text.labelled else _counted(len(text.said), "span"),
        verdict=("wrong" if wrong else "right") if text.labelled else "",
        confidence=_confidence(text),
        kinds=tuple(_kinds(text)),
        body=partial(_body, text, colors),
        focus=tuple((one.span.start, one.span.end) for one in text.said if one.kind != "right"),
    )


def _answer(text: Seen) -> str:
    said = Counter(one.kind for one in text.said)
    said["missed"] = sum(one.kind == "missed" for one in text.gold)
    parts = [f"{said[kind]} {kind}" for kind in (*OF_PREDICTED, "missed") if said[kind]]
    return ", ".join(parts) or "no span, rightly"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _confidence(text: Seen) -> float | None:
    """Of the mistake the model is surest of, a span said or a span left out; of a right text the least sure span's."""
    if text.sure is None:
        return None
    wrong = [text.sure[one.span] for one in text.said if one.kind != "right"]
    wrong += [1 - text.sure[one.span] for one in text.gold if one.kind == "missed"]
    if wrong and text.labelled:
        return max(wrong)
    return min((text.sure[one.span] for one in text.said), default=None)


def _kinds(text: Seen) -> Iterator[str]:
    if text.labelled:
        yield from (kind_name(one.kind, one.span.label) for one in text.gold if one.kind != "right")
        yield from (kind_name(one.kind, one.span.label) for one in text.said if one.kind == "spurious")
    yield from (f"{one.span.label} in it" for one in (*text.gold, *text.said))


def _body(text: Seen, colors: Mapping[str, int]) -> Markup:
    gold = [_mark(one, text, colors, "gold") for one in text.gold]
    said = [_mark(one, text, colors, "said") for one in text.said]
    return render(
        "tagged.html",
        gold=drawn(text.example.text, gold) if text.labelled else None,
        said=drawn(text.example.text, said),
        same=text.labelled and all(one.kind == "right" for one in (*text.gold, *text.said)),
    )


def _mark(one: Judgement, text: Seen, colors: Mapping[str, int], side: str) -> Mark:
    span: Span = one.span
    state = "" if not text.labelled or one.kind == "right" else "missed" if side == "gold" else "wrong"
    sure = None if text.sure is None else text.sure[span]
    title: str = one.kind if text.labelled else ""
    if sure is not None:
        title = ", ".join(part for part in (title, f"probability {sure:.3f}") if part)
    return Mark(span.start, span.end, span.label, colors[span.label], state, title)


def legend(colors: Mapping[str, int], *, labelled: bool) -> Markup:
    names = [Mark(0, 1, label, hue) for label, hue in colors.items()]
    return render("legend.html", marks=names, labelled=labelled)


def kind_name(kind: str, label: str) -> str:
    """What the list of examples calls a kind of error."""
    return f"{label}: {kind}"
