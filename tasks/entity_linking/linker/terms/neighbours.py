"""Training terms that resemble a term, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlpx.tasks.entity_linking.linker.ragged import Ragged
from nlpx.tasks.entity_linking.linker.terms.blocks import blocks

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NEAREST = 40
"""Training terms that are looked at."""
CLOSE = 5
"""Of these, the first ones that vote separately."""
NAMES = ("neighbour likeness", "neighbour rank", "neighbour sum", "close votes", "neighbour answers")
LIKENESS, RANK, SUM = 0, 1, 2
NOTHING = np.array([0, NEAREST, 0, 0, 0], np.float32)
"""The features of entities that no near term means."""


@dataclass(frozen=True)
class Votes:
    """What near training terms mean.

    Attributes:
        term, entity: each pair once, by term, int64 (pairs,).
        features: of `NAMES`, float32 (pairs, 5).
        nearest: likeness of each term's nearest training term, and how many entities that means,
            float32 (terms, 2).
    """

    term: np.ndarray
    entity: np.ndarray
    features: np.ndarray
    nearest: np.ndarray

    def best(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The pairs with the `count` highest sums of each term."""
        order = np.lexsort((-self.features[:, SUM], self.term))
        kept = order[np.arange(len(order)) - np.searchsorted(self.term, self.term) < count]
        return self.term[kept], self.entity[kept]

    def with_parts(self, parts: Votes, owner: np.ndarray) -> Votes:
        """The highest features among each term's parts; those of the term itself where it has none.

        Args:
            owner: the term of each part, ascending.
        """
        whole = ~np.isin(self.term, owner)
        term = np.concatenate([self.term[whole], owner[parts.term]])
        entity = np.concatenate([self.entity[whole], parts.entity])
        order = np.lexsort((entity, term))
        term, entity = term[order], entity[order]
        heads = np.flatnonzero(np.append(True, (np.diff(term) != 0) | (np.diff(entity) != 0))[: len(term)])
        features = np.concatenate([self.features[whole], parts.features])[order]
        highest = np.maximum.reduceat(features, heads, axis=0) if len(heads) else features
        return Votes(term[heads], entity[heads], highest, self.nearest)

    def at(self, keys: np.ndarray, size: int) -> np.ndarray:
        """The features of pairs, `NOTHING` for others, float32 (keys, 5).

        Args:
            keys: ``term * size + entity``, ascending.
        """
        own = self.term * size + self.entity
        features = np.tile(NOTHING, (len(keys), 1))
        at = np.minimum(np.searchsorted(keys, own), max(0, len(keys) - 1))
        same = keys[at] == own if len(keys) else np.zeros(len(own), bool)
        features[at[same]] = self.features[same]
        return features


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

    def votes(self, vectors: csr_matrix) -> Votes:
        """What the nearest training terms of terms mean."""
        terms, count = vectors.shape[0], min(NEAREST, self.vectors.shape[1])
        if not count:
            none = np.zeros(0, np.int64)
            return Votes(none, none, np.zeros((0, len(NAMES)), np.float32), np.zeros((terms, 2), np.float32))
        nearest, value = np.zeros((terms, count), np.int64), np.zeros((terms, count), np.float32)
        for block in blocks(terms, self.vectors.shape[1]):
            nearest[block], value[block] = self._nearest(vectors[block], count)
        entity, place = self.answers.take(nearest.ravel())
        term, rank = np.divmod(place, count)
        weight, at_once = value[term, rank], self.at_once[nearest[term, rank]]
        kept = weight > 0
        found = _by_pair(*(part[kept] for part in (term, entity, rank, weight, at_once)))
        return Votes(*found, np.stack([value[:, 0], self.at_once[nearest[:, 0]]], axis=1).astype(np.float32))

    def _nearest(self, vectors: csr_matrix, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The training terms most like terms and how like they are, best first, both (terms, count)."""
        likeness = np.asarray((vectors @ self.vectors).toarray())
        nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
        value = np.take_along_axis(likeness, nearest, axis=1)
        order = np.lexsort((nearest, -value), axis=1)
        return np.take_along_axis(nearest, order, axis=1), np.take_along_axis(value, order, axis=1)


def _by_pair(
    term: np.ndarray, entity: np.ndarray, rank: np.ndarray, weight: np.ndarray, at_once: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    order = np.lexsort((rank, entity, term))
    term, entity, rank, weight, at_once = (part[order] for part in (term, entity, rank, weight, at_once))
    new = np.ones(len(term), bool)
    new[1:] = (term[1:] != term[:-1]) | (entity[1:] != entity[:-1])
    heads, pair = np.flatnonzero(new), np.cumsum(new) - 1
    total = np.bincount(pair, weight**4, minlength=len(heads))
    close = np.bincount(pair, weight * (rank < CLOSE), minlength=len(heads))
    columns = (weight[heads], rank[heads], total, close, at_once[heads])
    return term[heads], entity[heads], np.stack(columns, axis=1).astype(np.float32).reshape(-1, len(NAMES))
