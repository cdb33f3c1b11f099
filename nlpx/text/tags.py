"""From spans to tags and back, in any scheme; `nlpx.text.schemes` has the schemes and the rule of repair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

from nlpx.text.scheme_detection import detect
from nlpx.text.schemes import (
    OUTSIDE,
    SCHEMES,
    junction,
    parse_tag,
    scheme_name,
    tag_names,
    write_tag,
)
from nlpx.text.spans import Span, flatten
from nlpx.text.strict_tags import strict_spans

__all__ = [
    "SCHEMES",
    "convert",
    "count_repairs",
    "detect",
    "repair_tags",
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
            A span takes every token it touches; one that touches only tokens already taken is left out.
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
        strict: leave out every entity that the scheme does not spell completely (seqeval's strict mode)
            instead of repairing it (`nlpx.text.schemes.junction`).
    """
    scheme = scheme_name(scheme)
    found = strict_spans(tags, scheme) if strict else _lenient(tags, scheme)[0]
    return found if tokens is None else _at_offsets(found, tokens)


def repair_tags(
    tags: Sequence[str], tokens: Tokens | None = None, scheme: str = "BIO"
) -> tuple[list[Span], int]:
    """`tags_to_spans` and `count_repairs` in one pass."""
    found, repairs = _lenient(tags, scheme_name(scheme))
    return (found if tokens is None else _at_offsets(found, tokens)), repairs


def count_repairs(tags: Sequence[str], scheme: str = "BIO") -> int:
    """How many neighbours, edges of the text included, stand together that the scheme forbids; 0 = legal."""
    return _lenient(tags, scheme_name(scheme))[1]


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


def _at_offsets(found: list[Span], tokens: Tokens) -> list[Span]:
    return [Span(tokens[first][0], tokens[last - 1][1], label) for first, last, label in found]


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


def _lenient(tags: Sequence[str], scheme: str) -> tuple[list[Span], int]:
    """The spans of tokens, and how many forbidden neighbours were repaired on the way."""
    spans: list[Span] = []
    repairs = start = 0
    before = OUTSIDE
    for position, after in enumerate(chain(tags, (OUTSIDE,))):
        if after == OUTSIDE and before == OUTSIDE:
            continue
        closes, opens, legal = junction(before, after, scheme)
        if closes:
            spans.append(Span(start, position, parse_tag(before, scheme).label))
        if opens:
            start = position
        repairs += not legal
        before = after
    return spans, repairs
