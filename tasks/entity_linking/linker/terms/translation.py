"""Which units of names a unit of a term stands for: IBM model 1, learned from pairs of unit lists.

Brown et al., 1993, https://aclanthology.org/J93-2003/: each unit of a name comes from one unit of the term or from
none, all alike likely; t(name's unit | term's unit) is found by expectation maximisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nlpx.tasks.entity_linking.linker.ragged import Ragged

ROUNDS = 6
MOST = 4_000
"""Units on each side, the most frequent ones."""
SMOOTHING = 0.5
"""Added to the count of each source unit, so that what is rare is not believed."""


@dataclass(frozen=True)
class Translation:
    """Probabilities of target units given source units.

    Attributes:
        source, target: hashes of the units, ascending, uint64; numbers of units begin at 1, 0 is for none and all
            others.
        table: float32 (sources + 1, targets + 1); column 0 is 0.
        shared: share of the pairs with each source unit whose target has it too, drawn to that of all,
            float32 (sources + 1,).
    """

    source: np.ndarray
    target: np.ndarray
    table: np.ndarray
    shared: np.ndarray

    @classmethod
    def fit(cls, sources: Ragged, targets: Ragged) -> Translation:
        """Learn from pairs of lists of units."""
        source, target = _most_frequent(sources.values), _most_frequent(targets.values)
        s, s_pair = sources.take(np.arange(len(sources)))
        t, t_pair = targets.take(np.arange(len(targets)))
        rows, columns = numbers(source, s), numbers(target, t)
        table = _expectation_maximisation(rows, s_pair, columns, t_pair, len(source), len(target))
        return cls(source, target, table, _shared(s, s_pair, t, t_pair, rows, len(source)))

    def source_numbers(self, units: np.ndarray) -> np.ndarray:
        """The rows of units in `table`."""
        return numbers(self.source, units)

    def target_numbers(self, units: np.ndarray) -> np.ndarray:
        """The columns of units in `table`."""
        return numbers(self.target, units)

    # === Files ===

    def arrays(self, prefix: str) -> dict[str, np.ndarray]:
        """All attributes by name, the table as its elements that are not 0."""
        row, column = np.nonzero(self.table)
        at = {
            "row": row.astype(np.uint16),
            "column": column.astype(np.uint16),
            "value": self.table[row, column],
        }
        arrays = {"source": self.source, "target": self.target, "shared": self.shared, **at}
        return {f"{prefix}.{name}": array for name, array in arrays.items()}

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray], prefix: str) -> Translation:
        """The inverse of `arrays`."""
        names = ("source", "target", "shared", "row", "column", "value")
        source, target, shared, row, column, value = (arrays[f"{prefix}.{name}"] for name in names)
        table = np.zeros((len(source) + 1, len(target) + 1), np.float32)
        table[row, column] = value
        return cls(source, target, table, shared)


def numbers(known: np.ndarray, units: np.ndarray) -> np.ndarray:
    """1 + the place of each unit in `known`, 0 where it is not there, int32."""
    if not len(known):
        return np.zeros(units.shape, np.int32)
    at = np.minimum(np.searchsorted(known, units), len(known) - 1)
    return np.where(known[at] == units, at + 1, 0).astype(np.int32)


def _most_frequent(units: np.ndarray) -> np.ndarray:
    distinct, counts = np.unique(units, return_counts=True)
    return np.sort(distinct[np.argsort(-counts, kind="stable")[:MOST]])


def _expectation_maximisation(
    rows: np.ndarray,
    row_pair: np.ndarray,
    columns: np.ndarray,
    column_pair: np.ndarray,
    sources: int,
    targets: int,
) -> np.ndarray:
    pairs = int(max(row_pair.max(initial=-1), column_pair.max(initial=-1))) + 1
    columns, column_pair = columns[columns > 0], column_pair[columns > 0]
    # The unit for none is part of every pair.
    row_pair = np.concatenate([row_pair[rows > 0], np.arange(pairs)])
    rows = np.concatenate([rows[rows > 0], np.zeros(pairs, rows.dtype)])
    order = np.argsort(row_pair, kind="stable")
    own = Ragged.of(np.bincount(row_pair, minlength=pairs), rows[order])
    row, token = own.take(column_pair)  # all sources of each target's token
    key = row.astype(np.int64) * (targets + 1) + columns[token]
    cells, cell = np.unique(key, return_inverse=True)
    value = np.ones(len(cells))
    for _ in range(ROUNDS):
        weight = value[cell]
        weight /= np.bincount(token, weight, minlength=len(columns))[token]
        count = np.bincount(cell, weight, minlength=len(cells))
        total = np.bincount(cells // (targets + 1), count, minlength=sources + 1)
        value = count / (total[cells // (targets + 1)] + SMOOTHING)
    table = np.zeros((sources + 1) * (targets + 1), np.float32)
    table[cells] = value
    return table.reshape(sources + 1, targets + 1)


def _shared(
    s: np.ndarray, s_pair: np.ndarray, t: np.ndarray, t_pair: np.ndarray, rows: np.ndarray, sources: int
) -> np.ndarray:
    both, number = np.unique(np.concatenate([s, t]), return_inverse=True)
    size = max(1, len(both))
    had = np.isin(s_pair * size + number[: len(s)], t_pair * size + number[len(s) :])
    seen, kept = np.bincount(rows, minlength=sources + 1), np.bincount(rows, had, minlength=sources + 1)
    seen[0] = kept[0] = 0
    prior = kept.sum() / max(1, seen.sum())
    return ((kept + 3 * prior) / (seen + 3)).astype(np.float32)
