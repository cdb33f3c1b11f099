"""Stretches of a batch of texts that may be mentions, as arrays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from nlpx.tasks.entity_linking.example import Place
from nlpx.text.abbreviations import abbreviations
from nlpx.text.max_match import max_match

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

DICTIONARY, TAGGER, GIVEN, ABBREVIATION = 1, 2, 4, 8
"""Where a span comes from; bits of `Spans.source`."""


@dataclass(slots=True)
class Spans:
    """Spans of a batch of texts, sorted by text, start and end, each place once; all arrays `(spans,)`.

    Attributes:
        text: 0-based row of the text in its batch, int32.
        start, end: half-open characters of that text, int32.
        name: index in `KnowledgeBase.names` of the name that the span is, -1 if it is none, int32.
        source: bits of `DICTIONARY`, `TAGGER`, `GIVEN`, `ABBREVIATION`, uint8.
        extra: what a source knows about its spans, float32, 0 for those of other sources; ``tagger`` is the
            probability that the tagger gives.
    """

    text: np.ndarray
    start: np.ndarray
    end: np.ndarray
    name: np.ndarray
    source: np.ndarray
    extra: dict[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.text)

    def take(self, which: np.ndarray) -> Spans:
        """Those at an index array or a mask."""
        columns = (self.text, self.start, self.end, self.name, self.source)
        text, start, end, name, source = (column[which] for column in columns)
        return Spans(text, start, end, name, source, {key: own[which] for key, own in self.extra.items()})

    def surfaces(self, texts: Sequence[str]) -> list[str]:
        """The characters of each, as they are in the text."""
        rows = zip(self.text.tolist(), self.start.tolist(), self.end.tolist(), strict=True)
        return [texts[text][start:end] for text, start, end in rows]

    def places(self, texts: int) -> list[list[Place]]:
        """(start, end) of the spans of each of so many texts."""
        bounds = np.searchsorted(self.text, np.arange(texts + 1)).tolist()
        rows = list(zip(self.start.tolist(), self.end.tolist(), strict=True))
        return [rows[bounds[i] : bounds[i + 1]] for i in range(texts)]


COLUMNS = ("text", "start", "end", "name", "source")
KINDS = (np.int32, np.int32, np.int32, np.int32, np.uint8)


def from_dictionary(kb: KnowledgeBase, texts: Sequence[str], *, whole_words: bool = True) -> Spans:
    """Every name of the knowledge base in every text, nested and overlapping ones too."""
    found = kb.scan(texts, whole_words=whole_words)
    source = np.full(len(found), DICTIONARY)
    return _spans(found.text, found.start, found.end, found.word, source)


def from_places(
    kb: KnowledgeBase,
    texts: Sequence[str],
    places: Sequence[Sequence[Place]],
    source: int,
    scores: Sequence[Sequence[float]] | None = None,
) -> Spans:
    """Spans at given places of each text.

    Args:
        source: one of the bits.
        scores: probability of each place, as the tagger gives them.
    """
    rows = [(text, *place) for text, found in enumerate(places) for place in found]
    text, start, end = np.array(rows, np.int64).reshape(-1, 3).T
    numbers = (kb.names.index_of(texts[row][a:b]) for row, a, b in rows)
    name = np.array([-1 if number is None else number for number in numbers], np.int64)
    spans = _spans(text, start, end, name, np.full(len(rows), source))
    if scores is not None:
        spans.extra["tagger"] = np.array([score for found in scores for score in found], np.float32)
    return merge([spans])


def from_abbreviations(kb: KnowledgeBase, texts: Sequence[str]) -> Spans:
    """Long forms that texts explain, and every occurrence of their short forms, which are names where the long form
    is one."""
    rows: list[tuple[int, int, int, int]] = []
    for number, text in enumerate(texts):
        for short, (start, end) in _definitions(text).items():
            name = kb.names.index_of(text[start:end])
            places = [match.span() for match in re.finditer(rf"(?<!\w){re.escape(short)}(?!\w)", text)]
            rows += [(number, *place, -1 if name is None else name) for place in [(start, end), *places]]
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    return merge([_spans(*columns, np.full(len(rows), ABBREVIATION))])


def _definitions(text: str) -> dict[str, Place]:
    """Where the long form of each short form is; the first definition counts."""
    found: dict[str, Place] = {}
    for one in abbreviations(text):
        found.setdefault(text[one.short_start : one.short_end], (one.long_start, one.long_end))
    return found


def merge(parts: Sequence[Spans]) -> Spans:
    """Spans of several sources in order, those at the same place made one: its sources are those of all of them.

    Where they have different names, as an abbreviation that is a name itself, the one of the last part counts.
    """
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS]
    order = np.lexsort((columns[2], columns[1], columns[0]))
    text, start, end, name, source = (column[order] for column in columns)
    first = np.ones(len(text), bool)
    first[1:] = (np.diff(text) != 0) | (np.diff(start) != 0) | (np.diff(end) != 0)
    heads = np.flatnonzero(first)
    keys = sorted({key for part in parts for key in part.extra})
    if not len(heads):
        return Spans(text, start, end, name, source, {key: _extra(parts, key) for key in keys})
    extra = {key: np.maximum.reduceat(_extra(parts, key)[order], heads) for key in keys}
    named = np.maximum.reduceat(
        np.where(name >= 0, np.arange(len(name)), -1), heads
    )  # the order above is stable
    name = np.where(named >= 0, name[named], -1).astype(name.dtype)
    return Spans(text[heads], start[heads], end[heads], name, np.bitwise_or.reduceat(source, heads), extra)


def on_best_path(spans: Spans, texts: Sequence[str]) -> np.ndarray:
    """Which spans maximum matching would choose among those that are names, bool `(spans,)`."""
    chosen = np.zeros(len(spans), bool)
    named = np.flatnonzero(spans.name >= 0)
    bounds = np.searchsorted(spans.text[named], np.arange(len(texts) + 1)).tolist()
    rows = list(zip(spans.start[named].tolist(), spans.end[named].tolist(), named.tolist(), strict=True))
    for number, text in enumerate(texts):
        found = rows[bounds[number] : bounds[number + 1]]
        chosen[[row for _, _, row in max_match(len(text), found)]] = True
    return chosen


def overlapping(spans: Spans) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of spans that share a character: (first, second) rows, first before second."""
    firsts, seconds = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    alive, shift = np.arange(max(0, len(spans) - 1)), 1
    while alive.size:  # spans are sorted by start, so that those which overlap one follow it without a gap
        alive = alive[alive + shift < len(spans)]
        other = alive + shift
        together = (spans.text[alive] == spans.text[other]) & (spans.start[other] < spans.end[alive])
        alive = alive[together]
        firsts.append(alive)
        seconds.append(alive + shift)
        shift += 1
    return np.concatenate(firsts), np.concatenate(seconds)


def _spans(*columns: np.ndarray) -> Spans:
    text, start, end, name, source = (
        column.astype(kind) for column, kind in zip(columns, KINDS, strict=True)
    )
    return Spans(text, start, end, name, source)


def _extra(parts: Sequence[Spans], key: str) -> np.ndarray:
    return np.concatenate([part.extra.get(key, np.zeros(len(part), np.float32)) for part in parts])
