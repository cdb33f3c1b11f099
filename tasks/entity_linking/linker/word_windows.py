"""The words around spans, and which of them a candidate's description has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nlpx.tasks.entity_linking.linker.entity_facts import EntityFacts
from nlpx.tasks.entity_linking.linker.proposals import Spans
from nlpx.tasks.entity_linking.linker.tokens import BUCKETS, Tokens

WORDS = 250
"""Words of the text that are looked at, those around the span; their numbers fit a byte."""
NEIGHBOURS = 16
"""Other spans before and after that are looked at."""


@dataclass(slots=True)
class Windows:
    """Words around some spans of a batch, at most `WORDS` each; words that touch the span are left out.

    Attributes:
        bucket: hashed words in reading order, uint16 (spans, words).
        real: bool (spans, words), False beyond the last one.
        others: for each span the spans around it that have words: its number here, and the first word in its window
            and the one behind the last, int64 (others, 3); sorted by the number.
    """

    bucket: np.ndarray
    real: np.ndarray
    others: np.ndarray


class SpanWords:
    """Where the words of each span's text and of each span are, for cutting windows.

    Args:
        tokens: of all texts of the batch.
        texts: how many there are.
    """

    def __init__(self, tokens: Tokens, texts: int, spans: Spans) -> None:
        self._tokens, self._spans = tokens, spans
        bounds = np.searchsorted(tokens.text, np.arange(texts + 1))
        self._low, self._high = bounds[spans.text], bounds[spans.text + 1]
        far = int(max(tokens.end.max(initial=0), spans.end.max(initial=0))) + 1
        base = spans.text.astype(np.int64) * far
        starts, ends = tokens.text * far + tokens.start, tokens.text * far + tokens.end
        # Words inside the span, and words that touch it.
        self._inside = (
            np.searchsorted(starts, base + spans.start),
            np.searchsorted(ends, base + spans.end, "right"),
        )
        self._touch = (
            np.searchsorted(ends, base + spans.start, "right"),
            np.searchsorted(starts, base + spans.end),
        )

    def windows(self, begin: int, end: int) -> Windows:
        """The windows of spans `begin` to `end`."""
        rows = np.arange(begin, end)
        before, behind = self._touch[0][rows], np.maximum(self._touch[1][rows], self._touch[0][rows])
        first = np.maximum(self._low[rows], before - WORDS // 2)
        first = np.maximum(self._low[rows], np.minimum(first, self._high[rows] - WORDS - (behind - before)))
        left = before - first
        count = np.minimum(left + self._high[rows] - behind, WORDS)
        place = np.arange(int(count.max(initial=0)))
        at = first[:, None] + place + np.where(place >= left[:, None], (behind - before)[:, None], 0)
        real = place < count[:, None]
        bucket = self._tokens.bucket[np.where(real, at, 0)] if real.any() else np.zeros(real.shape, np.uint16)
        return Windows(bucket, real, self._others(rows, first, left, behind - before, count))

    def _others(
        self, rows: np.ndarray, first: np.ndarray, left: np.ndarray, gap: np.ndarray, count: np.ndarray
    ) -> np.ndarray:
        shift = np.delete(np.arange(-NEIGHBOURS, NEIGHBOURS + 1), NEIGHBOURS)
        number = np.repeat(np.arange(len(rows)), len(shift))
        other = rows[number] + np.tile(shift, len(rows))
        other, number = _within(other, number, len(self._spans))
        spans, row = self._spans, rows[number]
        apart = (spans.end[other] <= spans.start[row]) | (spans.start[other] >= spans.end[row])
        kept = apart & (spans.text[other] == spans.text[row])
        other, number = other[kept], number[kept]
        low, high = self._inside[0][other] - first[number], self._inside[1][other] - first[number]
        moved = np.where(low >= left[number] + gap[number], gap[number], 0)
        low, high = low - moved, high - moved
        kept = (low < high) & (low >= 0) & (high <= count[number])
        return np.stack([number, low, high], axis=1)[kept]


def _within(other: np.ndarray, number: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    kept = (other >= 0) & (other < size)
    return other[kept], number[kept]


class WordTable:
    """Looks up which words of windows the descriptions of candidates have."""

    def __init__(self, spans: int) -> None:
        self._place = np.zeros(spans * BUCKETS, np.uint8)  # 1 + the first place of each word in its window

    def compare(
        self, facts: EntityFacts, windows: Windows, span: np.ndarray, entity: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Which words of its window each candidate's description has, bool (rows, words), and the sum of their rarity.

        Args:
            span: number of the window of each candidate.
        """
        spans, words = np.nonzero(windows.real)
        keys = spans * BUCKETS + windows.bucket[spans, words]
        self._place[keys[::-1]] = words[::-1] + 1  # the first one of equal words is written last
        first = np.zeros(windows.bucket.shape, np.int64)
        first[spans, words] = self._place[keys] - 1
        bucket, owner = facts.words.take(entity)
        place = self._place[span[owner] * BUCKETS + bucket]
        self._place[keys] = 0
        hit = np.flatnonzero(place)
        owner = owner[hit]
        had = np.zeros((len(entity), windows.bucket.shape[1]), bool)
        had[owner, place[hit] - 1] = True
        rarity = np.bincount(owner, facts.rarity[bucket[hit]], minlength=len(entity))
        return np.take_along_axis(had, first[span], axis=1) & windows.real[span], rarity
