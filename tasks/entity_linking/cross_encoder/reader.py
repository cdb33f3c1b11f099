"""A text with a mention, and what is told about a candidate, as one sequence."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from nlpx.encoders.encoder import Encoder
from nlpx.tasks.entity_linking.bi_encoder.entity_text import entity_text
from nlpx.tasks.entity_linking.example import Place
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace

KEPT = 50_000
"""Entities of which it stays in memory what is told."""

BETWEEN = "\n"
"""Between the two for an encoder that has no sign of its own for it."""

MENTION, TOLD = 1, 2
"""Marks of the positions in the mention, and in what is told; all others have 0."""

Features = dict[str, np.ndarray]


class PairReader:
    """Features of pairs.

    Args:
        encoder: fitted.
        length: characters that are read of an entity.
    """

    def __init__(self, encoder: Encoder, answers: AnswerSpace, length: int) -> None:
        self._encoder, self._answers, self._length = encoder, answers, length
        self.about = lru_cache(maxsize=KEPT)(self._tell)

    def _tell(self, index: int) -> str:
        return entity_text(self._answers.entity(index), self._length)

    def size(self, text: str, index: int) -> int:
        """Characters of a pair, of which the encoder makes no more units."""
        return len(text) + len(BETWEEN) + len(self.about(index))

    def features(self, text: str, place: Place, index: int) -> Features:
        """What the encoder wants; `marks (positions,)` of what it embeds; `mention (units,)`, 1 in the mention."""
        about = self.about(index)
        if self._encoder.config.joins:
            return self._joined(text, place, about)
        whole = text + BETWEEN + about
        units = _array(self._encoder.split(whole))
        marks = np.where(units[:, 0] >= len(text), TOLD, overlaps(units, place) * MENTION)
        marks = marks.astype(np.int32)
        return self._encoder.featurize(whole) | {
            "marks": marks,
            "mention": (marks == MENTION).astype(np.int32),
        }

    def _joined(self, text: str, place: Place, about: str) -> Features:
        first, second = map(_array, self._encoder.pair_positions(text, about))
        marks = np.where(second[:, 0] < second[:, 1], TOLD, overlaps(first, place) * MENTION)
        units = overlaps(_array(self._encoder.split(text)), place)
        mention = np.zeros(len(units) + len(self._encoder.split(about)), np.int32)
        mention[: len(units)] = units
        found = self._encoder.featurize_pair(text, about)
        return found | {"marks": marks.astype(np.int32), "mention": mention}


def overlaps(offsets: np.ndarray, place: Place) -> np.ndarray:
    """Which stretches `(stretches, 2)` share a character with a place, bool `(stretches,)`."""
    start, end = place
    return (offsets[:, 0] < end) & (offsets[:, 1] > start) & (offsets[:, 0] < offsets[:, 1])


def _array(offsets: list[tuple[int, int]]) -> np.ndarray:
    return np.array(offsets, np.int64).reshape(-1, 2)
