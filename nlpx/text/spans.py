"""Labelled stretches of a text: 0-based, half-open characters of the raw text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """`text[start:end]` carries `label`."""

    start: int
    end: int
    label: str


def flatten(spans: Iterable[Span]) -> list[Span]:
    """The spans in reading order without overlaps: of two that overlap, the one that starts first stays,
    and of two that start together the longer one (then the label that sorts first)."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (span.start, -span.end, span.label)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def overlaps(spans: Iterable[Span]) -> bool:
    """Whether any two spans share a character."""
    ordered = sorted(spans)
    return any(after.start < before.end for before, after in pairwise(ordered))


def misaligned(spans: Iterable[Span], tokens: Sequence[tuple[int, int]] | None) -> int:
    """How many spans begin or end inside a token; with `tokens=None` every character is a token: 0."""
    if tokens is None:
        return 0
    starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
    return sum(span.start not in starts or span.end not in ends for span in spans)
