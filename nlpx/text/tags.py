"""From spans to tags and back, in any scheme; see `nlpx.text.schemes` for the schemes and the rule of repair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from nlpx.errors import DataError
from nlpx.text.schemes import (
    OUTSIDE,
    SCHEMES,
    has_ends,
    junction,
    parse_tag,
    scheme_name,
    tag_names,
    write_tag,
)
from nlpx.text.spans import Span, flatten

__all__ = [
    "SCHEMES",
    "convert",
    "count_repairs",
    "detect",
    "spans_to_tags",
    "tag_names",
    "tags_to_spans",
    "transitions",
]

Tokens = Sequence[tuple[int, int]]


def spans_to_tags(spans: Iterable[Span], tokens: Tokens | int, scheme: str = "BIO") -> list[str]:
    """One tag per token.

    Args:
        spans: overlapping ones are flattened first (`nlpx.text.spans.flatten`).
        tokens: the tokens' offsets in reading order, or the number of characters where each is a token.
            A span takes every token it touches; one that touches none, or only tokens already taken, is left out.
    """
    scheme = scheme_name(scheme)
    length = tokens if isinstance(tokens, int) else len(tokens)
    tags = [OUTSIDE] * length
    taken, taken_label = 0, OUTSIDE  # positions before `taken` are done; the label that ends there
    for span in flatten(spans):
        first, last = _touched(span, tokens, taken)
        if first >= last:
            continue
        follows = taken_label == span.label and first == taken
        tags[first:last] = _entity_tags(last - first, span.label, scheme, follows)
        taken, taken_label = last, span.label
    return tags


def tags_to_spans(
    tags: Sequence[str], tokens: Tokens | None = None, scheme: str = "BIO", *, strict: bool = False
) -> list[Span]:
    """The entities of a tag sequence, in reading order and without overlaps.

    Args:
        tags: one per token.
        tokens: the tokens' offsets; None where every character is a token.
        strict: leave out every entity that the scheme does not spell completely (seqeval's strict mode) instead
            of repairing it (`nlpx.text.schemes.junction`).
    """
    scheme = scheme_name(scheme)
    found = _strict(tags, scheme) if strict else _lenient(tags, scheme)
    if tokens is None:
        return found
    return [Span(tokens[first][0], tokens[last - 1][1], label) for first, last, label in found]


def count_repairs(tags: Sequence[str], scheme: str = "BIO") -> int:
    """How many neighbours, edges of the text included, stand together that the scheme forbids; 0 = legal."""
    scheme = scheme_name(scheme)
    return sum(
        not junction(before, after, scheme).legal for before, after in pairwise([OUTSIDE, *tags, OUTSIDE])
    )


def convert(tags: Sequence[str], source: str, target: str) -> list[str]:
    """The same entities in another scheme; lossless for legal tags, illegal ones are repaired on the way."""
    return spans_to_tags(tags_to_spans(tags, None, source), len(tags), target)


def transitions(tags: Sequence[str], scheme: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the scheme allows: `(allowed (tags, tags), start (tags,), end (tags,))`, all bool.

    `allowed[i, j]`: tag j may follow tag i; `start[i]`, `end[i]`: tag i may stand first, last.
    """
    scheme = scheme_name(scheme)
    allowed = np.array(
        [[junction(before, after, scheme).legal for after in tags] for before in tags], dtype=bool
    )
    start = np.array([junction(OUTSIDE, tag, scheme).legal for tag in tags], dtype=bool)
    end = np.array([junction(tag, OUTSIDE, scheme).legal for tag in tags], dtype=bool)
    return allowed.reshape(len(tags), len(tags)), start, end


def detect(sequences: Iterable[Sequence[str]]) -> str:
    """The scheme of a file: by its letters, and BIO against IOB1 by whether any B stands where IOB1 has none."""
    seen: set[str] = set()
    begins_alone = opens_inside = False
    for tags in sequences:
        distinct = set(tags)
        if distinct != {OUTSIDE}:
            seen |= distinct
            if not begins_alone:
                begins_alone, opened = _begins(tags)
                opens_inside = opens_inside or opened
    letters = {tag[:1] for tag in seen}
    if letters <= {"B", "I", OUTSIDE}:
        return "IOB1" if opens_inside and not begins_alone else "BIO"
    candidates = {"BIOES": "BIESO", "BMESO": "BMESO", "BILOU": "BILUO"}
    fitting = [name for name, known in candidates.items() if letters <= set(known)]
    if not fitting:
        raise DataError(
            f"the tags fit no known scheme: their first letters are {', '.join(sorted(letters))}",
            f"Known schemes: {', '.join(SCHEMES)}. Name the tag column if it is not the last one.",
        )
    return "BMES" if fitting[0] == "BMESO" and OUTSIDE not in letters else fitting[0]


def _begins(tags: Sequence[str]) -> tuple[bool, bool]:
    """Whether a B stands where no entity of its label ends, and whether an I opens an entity."""
    begins_alone = opens_inside = False
    for before, after in pairwise([OUTSIDE, *tags]):
        if after[:1] == "B":
            begins_alone = begins_alone or before[2:] != after[2:] or before == OUTSIDE
        elif after[:1] == "I":
            opens_inside = opens_inside or before[2:] != after[2:] or before == OUTSIDE
    return begins_alone, opens_inside


def _touched(span: Span, tokens: Tokens | int, taken: int) -> tuple[int, int]:
    """The half-open range of tokens, from `taken` on, that share a character with the span."""
    if isinstance(tokens, int):
        return max(span.start, taken), min(span.end, tokens)
    first = taken
    while first < len(tokens) and tokens[first][1] <= span.start:
        first += 1
    last = first
    while last < len(tokens) and tokens[last][0] < span.end:
        last += 1
    return first, last


def _entity_tags(length: int, label: str, scheme: str, follows: bool) -> list[str]:
    """The tags of one entity; `follows` where the position before it ends an entity of the same label."""
    if scheme == "IOB1" and not follows:
        return [write_tag("I", label, scheme)] * length
    if length == 1:
        return [write_tag("S", label, scheme)]
    inside = [write_tag("I", label, scheme)] * (length - 2)
    return [write_tag("B", label, scheme), *inside, write_tag("E", label, scheme)]


def _lenient(tags: Sequence[str], scheme: str) -> list[Span]:
    spans: list[Span] = []
    start, before = 0, OUTSIDE
    for position, after in enumerate(tags):
        if after == OUTSIDE and before == OUTSIDE:
            continue
        closes, opens, _ = junction(before, after, scheme)
        if closes:
            spans.append(Span(start, position, parse_tag(before, scheme).label))
        if opens:
            start = position
        before = after
    if before != OUTSIDE:
        spans.append(Span(start, len(tags), parse_tag(before, scheme).label))
    return spans


def _strict(tags: Sequence[str], scheme: str) -> list[Span]:
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
