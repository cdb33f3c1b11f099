"""What is wrong with the spans of a text, by kind: every gold and every predicted span is exactly one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nlpx.text.spans import Span

Kind = Literal["right", "wrong label", "wrong bounds", "wrong label and bounds", "missed", "spurious"]

OF_GOLD: tuple[Kind, ...] = ("right", "wrong label", "wrong bounds", "wrong label and bounds", "missed")
OF_PREDICTED: tuple[Kind, ...] = (
    "right",
    "wrong label",
    "wrong bounds",
    "wrong label and bounds",
    "spurious",
)


@dataclass(frozen=True)
class Judgement:
    """One span of either side.

    Attributes:
        span: itself.
        kind: what it is; wrong label: the same bounds are there with another label; wrong bounds: an overlapping span
            with its label is; both wrong: an overlapping one with another label; missed or spurious: nothing overlaps.
        other: the span of the other side that the kind speaks of; None where there is none.
    """

    span: Span
    kind: Kind
    other: Span | None = None


def judge(gold: Sequence[Span], predicted: Sequence[Span]) -> tuple[list[Judgement], list[Judgement]]:
    """A judgement for each gold and for each predicted span; the same span twice counts once."""
    there, said = sorted(set(gold)), sorted(set(predicted))
    return (
        [_judge(span, said, "missed") for span in there],
        [_judge(span, there, "spurious") for span in said],
    )


def _judge(span: Span, others: Sequence[Span], alone: Kind) -> Judgement:
    touching = [other for other in others if other.start < span.end and span.start < other.end]
    for kind in ("right", "wrong label", "wrong bounds"):
        for other in touching:
            if _is(kind, span, other):
                return Judgement(span, kind, other)
    if touching:
        return Judgement(span, "wrong label and bounds", touching[0])
    return Judgement(span, alone)


def _is(kind: str, span: Span, other: Span) -> bool:
    if kind == "right":
        return other == span
    if kind == "wrong label":
        return (other.start, other.end) == (span.start, span.end)
    return other.label == span.label
