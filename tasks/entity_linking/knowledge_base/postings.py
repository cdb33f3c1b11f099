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
        priors: float32, the weights divided by the sum of their row.
    """

    NAMES = ("offsets", "entities", "weights", "priors")

    def __init__(
        self, offsets: np.ndarray, entities: np.ndarray, weights: np.ndarray, priors: np.ndarray
    ) -> None:
        self._starts, self._ends = offsets[:-1], offsets[1:]
        self.entities, self.weights, self.priors = entities, weights, priors

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
        counts = self.counts(names)
        if limit is not None:
            counts = np.minimum(counts, limit)
        offsets = np.zeros(len(names) + 1, np.int64)
        np.cumsum(counts, out=offsets[1:])
        at = np.repeat(self._starts[names] - offsets[:-1], counts) + np.arange(offsets[-1])
        return CandidateRows(offsets, self.entities[at].astype(np.int64), self.priors[at])

    def patched(self, rows: Mapping[int, tuple[np.ndarray, np.ndarray]], names: int) -> Postings:
        """A copy with other rows in place of some, and room for new names.

        Args:
            rows: entities and weights by name, in any order.
            names: how many names there are then.
        """
        starts, ends = np.zeros(names, np.int64), np.zeros(names, np.int64)
        starts[: len(self)], ends[: len(self)] = self._starts, self._ends
        parts = [(self.entities, self.weights, self.priors)]
        end = len(self.entities)
        for name, (entities, weights) in rows.items():
            order = np.lexsort((entities, -weights))
            sorted_weights = weights[order].astype(np.float32)
            total = sorted_weights.sum(dtype=np.float64)
            parts.append(
                (
                    entities[order].astype(np.uint32),
                    sorted_weights,
                    (sorted_weights / total).astype(np.float32),
                )
            )
            starts[name], ends[name] = end, end + len(entities)
            end += len(entities)
        new = Postings(np.zeros(1, np.int64), *map(np.concatenate, zip(*parts, strict=True)))
        new._starts, new._ends = starts, ends
        return new
