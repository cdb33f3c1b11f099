"""Which entities a name may mean: rows of a sparse matrix, each sorted by how likely an entity is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(slots=True)
class Candidates:
    """What one surface may mean, most likely first.

    Attributes:
        indices: of the entities, int64 `(candidates,)`.
        priors: share of each among all candidates of the name, float32; sums to 1 unless cut by a limit.
        ids: of the entities.
    """

    indices: np.ndarray
    priors: np.ndarray
    ids: list[str]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(slots=True)
class CandidateRows:
    """The candidates of several names in a row.

    Attributes:
        offsets: int64 `(names + 1,)`; those of name i are ``indices[offsets[i]:offsets[i + 1]]``.
        indices: of the entities, int64, most likely first.
        priors: float32, like `Candidates.priors`.
    """

    offsets: np.ndarray
    indices: np.ndarray
    priors: np.ndarray


class Postings:
    """The entities of every name.

    Args:
        offsets: int64 `(names + 1,)`.
        entities: uint32, indices of entities, the rows sorted by falling weight.
        weights: float32, positive, beside `entities`.
    """

    def __init__(self, offsets: np.ndarray, entities: np.ndarray, weights: np.ndarray) -> None:
        self._starts, self._ends = offsets[:-1], offsets[1:]
        self.entities, self.weights = entities, weights

    def __len__(self) -> int:
        return len(self._starts)

    def row(self, name: int) -> tuple[np.ndarray, np.ndarray]:
        """Entities and weights of a name."""
        start, end = int(self._starts[name]), int(self._ends[name])
        return self.entities[start:end], self.weights[start:end]

    def counts(self, names: np.ndarray) -> np.ndarray:
        """How many entities each of the names has, int64."""
        return self._ends[names] - self._starts[names]

    def rows(self, names: np.ndarray, limit: int | None = None) -> CandidateRows:
        """The first `limit` candidates of each of the names."""
        starts, all_counts = self._starts[names], self.counts(names)
        counts = all_counts if limit is None else np.minimum(all_counts, limit)
        offsets = np.zeros(len(names) + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        at = np.repeat(starts - offsets[:-1], counts) + np.arange(offsets[-1])
        weights = self.weights[at]
        totals = self._totals(
            names, weights, offsets, cut=limit is not None and bool((all_counts > counts).any())
        )
        return CandidateRows(offsets, self.entities[at].astype(np.int64), weights / np.repeat(totals, counts))

    def _totals(
        self, names: np.ndarray, weights: np.ndarray, offsets: np.ndarray, *, cut: bool
    ) -> np.ndarray:
        """Sum of the weights of each row, those beyond a limit included."""
        if cut:
            return np.array([self.row(int(name))[1].sum() for name in names], np.float32)
        sums = np.zeros(len(names), np.float32)
        full = np.flatnonzero(np.diff(offsets))
        if full.size:
            sums[full] = np.add.reduceat(weights, offsets[full])
        return sums

    def patched(self, rows: Mapping[int, tuple[np.ndarray, np.ndarray]], names: int) -> Postings:
        """A copy with other rows in place of some, and room for new names.

        Args:
            rows: entities and weights by name, in any order.
            names: how many names there are then.
        """
        new = Postings(np.zeros(1, np.int64), self.entities, self.weights)
        new._starts, new._ends = np.zeros(names, np.int64), np.zeros(names, np.int64)
        new._starts[: len(self)], new._ends[: len(self)] = self._starts, self._ends
        parts = [(self.entities, self.weights)]
        end = len(self.entities)
        for name, (entities, weights) in rows.items():
            order = np.lexsort((entities, -weights))
            parts.append((entities[order].astype(np.uint32), weights[order].astype(np.float32)))
            new._starts[name], new._ends[name] = end, end + len(entities)
            end += len(entities)
        new.entities = np.concatenate([part[0] for part in parts])
        new.weights = np.concatenate([part[1] for part in parts])
        return new
