"""Entities that a scheme spells completely, all others left out: seqeval's strict mode."""

from __future__ import annotations

from collections.abc import Sequence

from nlpx.text.schemes import OUTSIDE, has_ends, junction, parse_tag
from nlpx.text.spans import Span


def strict_spans(tags: Sequence[str], scheme: str) -> list[Span]:
    """The reading of seqeval 1.2's strict mode, also where IOB1 meets a B that it forbids."""
    spans: list[Span] = []
    padded = [*tags, OUTSIDE]
    first, before = 0, OUTSIDE
    while first < len(tags):
        last = first + 1
        if _starts(before, padded[first], scheme):
            while not junction(padded[last - 1], padded[last], scheme).closes:
                last += 1
            if _ends(padded[last - 1], padded[last], scheme):
                spans.append(Span(first, last, parse_tag(tags[first], scheme).label))
        first, before = last, padded[last - 1]
    return spans


def _starts(before: str, after: str, scheme: str) -> bool:
    left, right = parse_tag(before, scheme), parse_tag(after, scheme)
    if scheme != "IOB1":
        return right.role in "BS"
    if right.role == "I":
        return left.role != "I" or left.label != right.label
    return right.role == "B" and left.label == right.label


def _ends(before: str, after: str, scheme: str) -> bool:
    left, right = parse_tag(before, scheme), parse_tag(after, scheme)
    if scheme == "IOB1":
        return not (left.role == "B" and right.role == "B" and left.label != right.label)
    return left.role in "ES" if has_ends(scheme) else True
