"""How well all names fit terms, and the parts of terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlpx.tasks.entity_linking.linker.terms.term_map import IDENTITY, TermMap

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NONE = -1.0
"""The score of names that can't be meant."""


@dataclass(frozen=True)
class NameScores:
    """Scores of all names, each float32 (terms, names).

    Attributes:
        score: what the map says.
        literal: cosine of the n-grams, before the map.
        lead: what the score lacks to the best name's.
    """

    score: np.ndarray
    literal: np.ndarray
    lead: np.ndarray

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        return self.score, self.literal, self.lead

    def without(self, terms: np.ndarray) -> NameScores:
        """A copy with the lowest scores for some terms, to be raised to those of their parts."""
        lowest = [array.copy() for array in self.arrays]
        for array in lowest:
            array[terms] = -np.inf
        return NameScores(*lowest)

    def raise_to(self, parts: NameScores, owner: np.ndarray) -> None:
        """Put the scores of parts where they are higher.

        Args:
            owner: the term of each part, ascending.
        """
        rows, heads = np.unique(owner, return_index=True)
        for array, values in zip(self.arrays, parts.arrays, strict=True):
            array[rows] = np.maximum(array[rows], np.maximum.reduceat(values, heads, axis=0))

    def at(self, term: np.ndarray, name: np.ndarray) -> list[np.ndarray]:
        """All scores of pairs."""
        return [array[term, name] for array in self.arrays]


class NameScorer:
    """Scores all names at once.

    Args:
        vectors: of the names, (names, grams).
        allowed: names that can be meant, bool (names,).
    """

    def __init__(self, map: TermMap, vectors: csr_matrix, allowed: np.ndarray) -> None:
        self._map, self._vectors, self._forbidden = map, vectors.T.tocsr(), ~allowed
        self._short = map.names(vectors).T.copy()

    def of(self, terms: csr_matrix) -> NameScores:
        """The scores of all names for vectors of terms."""
        literal = np.asarray((terms @ self._vectors).toarray())
        score = self._map.terms(terms) @ self._short + IDENTITY * literal
        score[:, self._forbidden] = literal[:, self._forbidden] = NONE
        return NameScores(score, literal, score - score.max(axis=1, keepdims=True))


def top(scores: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of the `count` highest scores above 0 of each row."""
    count = max(1, min(count, scores.shape[1]))
    columns = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    rows = np.repeat(np.arange(len(scores)), count)
    above = scores[rows, columns.ravel()] > 0
    return rows[above], columns.ravel()[above]
