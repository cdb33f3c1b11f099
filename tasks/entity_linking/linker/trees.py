"""Boosted regression trees as plain arrays, evaluated column by column.

A tree is not walked row by row: each of its comparisons is made for all rows at once, and the numbers of the leaves
are put together from the bottom up by bit operations. On blocks that fit the cache this is faster than following
pointers, and needs nothing but numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

BLOCK = 8192
"""Rows at a time, so that columns stay in the second cache and leaf numbers in the first."""
MOST_LEAVES = 256
"""A leaf's number is one byte."""


@dataclass(frozen=True)
class Trees:
    """Binary trees, one after another in the same arrays.

    Attributes:
        roots: int64 (trees,), the node each tree begins with.
        feature: int32 (nodes,), the column a node compares; -1 at leaves.
        threshold: float32 (nodes,); rows with a value at most this go left.
        nan_left: bool (nodes,), whether rows without a value go left.
        left, right: int32 (nodes,), the next nodes; at leaves `left` is the leaf's number within its tree.
        value: float64 (nodes,), what a leaf adds; 0 elsewhere.
        start: what every row begins with.
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    nan_left: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    start: float

    NAMES = ("roots", "feature", "threshold", "nan_left", "left", "right", "value")

    def __len__(self) -> int:
        return len(self.roots)

    def arrays(self) -> dict[str, np.ndarray]:
        """All but `start`, by name."""
        return {name: getattr(self, name) for name in self.NAMES}

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray], start: float) -> Trees:
        """The inverse of `arrays`."""
        return cls(*(arrays[name] for name in cls.NAMES), start)

    def first(self, count: int) -> Trees:
        """The first `count` trees alone."""
        end = int(self.roots[count]) if count < len(self) else len(self.feature)
        cut = {name: array[:end] for name, array in self.arrays().items()} | {"roots": self.roots[:count]}
        return Trees.of(cut, self.start)

    def raw(self, x: np.ndarray) -> np.ndarray:
        """The sum of the leaves that each row reaches.

        Args:
            x: float32 (rows, columns); NaN where there is no value.

        Returns:
            float64 (rows,).
        """
        return self._sums(x, None)

    def staged(self, x: np.ndarray, losses: StagedLoss) -> np.ndarray:
        """What `losses` says of the sums after each tree, float64 (trees,)."""
        totals = np.zeros(len(self))
        self._sums(x, lambda tree, rows, sums: totals.__setitem__(tree, totals[tree] + losses(rows, sums)))
        return totals

    def _sums(self, x: np.ndarray, watch: Watch | None) -> np.ndarray:
        x = np.asarray(x, np.float32)
        sums = np.full(len(x), self.start)
        used = np.unique(self.feature[self.feature >= 0])
        nodes = self._nodes()
        for begin in range(0, len(x), BLOCK):
            rows = slice(begin, min(begin + BLOCK, len(x)))
            block = np.ascontiguousarray(x[rows].T)
            columns = {int(column): block[column] for column in used}
            for tree, root in enumerate(self.roots.tolist()):
                leaves = _leaves(nodes, root, columns)
                leaf_values = self._leaf_values[tree]
                sums[rows] += leaf_values[leaves] if isinstance(leaves, int) else leaf_values.take(leaves)
                if watch is not None:
                    watch(tree, rows, sums[rows])
        return sums
