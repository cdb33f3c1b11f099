"""Training terms that resemble a term, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlpx.tasks.entity_linking.linker.ragged import Ragged

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NEAREST = 40
"""Training terms that are looked at."""
CLOSE = 5
"""Of these, the first ones that vote separately."""
NAMES = ("neighbour likeness", "neighbour rank", "neighbour sum", "close votes", "neighbour answers")


@dataclass(frozen=True)
class Neighbours:
    """Training terms with what they mean.

    Attributes:
        vectors: of the terms, transposed, (grams, terms).
        answers: indices of the entities each means.
        at_once: how many each usually means at once, (terms,).
    """

    vectors: csr_matrix
    answers: Ragged
    at_once: np.ndarray

    def find(self, vectors: csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """What the nearest training terms of terms mean.

        Returns:
            each pair of a term's row and an entity once, by row; the features `NAMES` of each, float32 (pairs, 5); and
            of each term the likeness of the nearest training term and how many entities it means, float32 (terms, 2).
        """
        likeness = np.asarray((vectors @ self.vectors).toarray())
        count = min(NEAREST, likeness.shape[1])
        if not count:
            none = np.zeros(0, np.int64)
            return none, none, np.zeros((0, len(NAMES)), np.float32), np.zeros((len(likeness), 2), np.float32)
        nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
        value = np.take_along_axis(likeness, nearest, axis=1)
        order = np.lexsort((nearest, -value), axis=1)
        nearest, value = (np.take_along_axis(part, order, axis=1) for part in (nearest, value))
        entity, place = self.answers.take(nearest.ravel())
        row, rank = np.divmod(place, count)
        weight = value[row, rank]
        told = weight > 0
        found = _by_pair(
            row[told], entity[told], rank[told], weight[told], self.at_once[nearest[row, rank]][told]
        )
        return *found, np.stack([value[:, 0], self.at_once[nearest[:, 0]]], axis=1).astype(np.float32)


def _by_pair(
    row: np.ndarray, entity: np.ndarray, rank: np.ndarray, weight: np.ndarray, at_once: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    order = np.lexsort((rank, entity, row))
    row, entity, rank, weight, at_once = (part[order] for part in (row, entity, rank, weight, at_once))
    new = np.ones(len(row), bool)
    new[1:] = (row[1:] != row[:-1]) | (entity[1:] != entity[:-1])
    heads, pair = np.flatnonzero(new), np.cumsum(new) - 1
    total = np.bincount(pair, weight**4, minlength=len(heads))
    close = np.bincount(pair, weight * (rank < CLOSE), minlength=len(heads))
    columns = (weight[heads], rank[heads], total, close, at_once[heads])
    return row[heads], entity[heads], np.stack(columns, axis=1).astype(np.float32).reshape(-1, len(NAMES))
