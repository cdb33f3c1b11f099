"""Boosted regression trees as plain arrays, evaluated column by column.

A tree is not walked row by row: each of its comparisons is made for all rows at once, and the numbers of the leaves
are put together from the bottom up by bit operations. On blocks that fit the cache this takes a tenth of the time of
following pointers in numpy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

BLOCK = 8192
"""Rows at a time, so that columns stay in the second cache and leaf numbers in the first."""
MOST_LEAVES = 256
"""A leaf's number within its tree is one byte."""

Nodes = list[tuple[int, float, bool, int, int]]


@dataclass(frozen=True)
class Trees:
    """Binary trees, one after another in the same arrays.

    Attributes:
        roots: int64 (trees,), the node that each tree begins with; at most `MOST_LEAVES` leaves each.
        feature: int32 (nodes,), the column that a node compares; -1 at leaves.
        threshold: float32 (nodes,); rows with a value of at most this go left.
        nan_left: bool (nodes,), whether rows without a value go left.
        left, right: int32 (nodes,), the nodes that follow; at leaves `left` is the leaf's number within its tree.
        value: float64 (leaves,), what a leaf adds; those of one tree in a row, by number.
        leaves: int64 (trees,), where the leaves of each tree begin in `value`.
        start: what every row begins with.
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    nan_left: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    leaves: np.ndarray
    start: float

    NAMES = ("roots", "feature", "threshold", "nan_left", "left", "right", "value", "leaves")

    def __len__(self) -> int:
        return len(self.roots)

    def arrays(self) -> dict[str, np.ndarray]:
        """All but `start`, by name."""
        return {name: getattr(self, name) for name in self.NAMES}

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray], start: float) -> Trees:
        """The inverse of `arrays`."""
        return cls(**{name: arrays[name] for name in cls.NAMES}, start=start)

    def first(self, count: int) -> Trees:
        """The first `count` trees alone."""
        if count >= len(self):
            return self
        cut = {name: array[: self.roots[count]] for name, array in self.arrays().items()}
        cut |= {"roots": self.roots[:count], "leaves": self.leaves[:count]}
        return Trees.of(cut | {"value": self.value[: self.leaves[count]]}, self.start)

    def raw(self, x: np.ndarray) -> np.ndarray:
        """The sum of the leaves that each row reaches, float64 (rows,).

        Args:
            x: float32 (rows, columns); NaN where there is no value.
        """
        sums = np.full(len(x), self.start)
        for begin in range(0, len(x), BLOCK):
            for stage in self.stages(x[begin : begin + BLOCK]):
                sums[begin : begin + BLOCK] = stage
        return sums

    def stages(self, x: np.ndarray) -> Iterator[np.ndarray]:
        """The sums of `raw` after each tree; the same array every time."""
        columns = np.ascontiguousarray(np.asarray(x, np.float32).T)
        sums = np.full(len(x), self.start)
        limits = [*self.leaves.tolist(), len(self.value)]
        for root, (begin, end) in zip(self.roots.tolist(), pairwise(limits), strict=True):
            leaf = _leaf(self._nodes, root, columns)
            values = self.value[begin:end]
            sums += values[leaf] if isinstance(leaf, int) else values.take(leaf)
            yield sums

    @cached_property
    def _nodes(self) -> Nodes:
        arrays = (self.feature, self.threshold, self.nan_left, self.left, self.right)
        return list(zip(*(array.tolist() for array in arrays), strict=True))


def _leaf(nodes: Nodes, node: int, columns: np.ndarray) -> np.ndarray | int:
    """The number of the leaf that each row reaches from a node, uint8 (rows,), or one number for all."""
    feature, threshold, nan_left, left, right = nodes[node]
    if feature < 0:
        return left
    low, high = _leaf(nodes, left, columns), _leaf(nodes, right, columns)
    column = columns[feature]
    limit = np.float32(threshold)
    goes_right = column > limit if nan_left else ~(column <= limit)  # comparisons with NaN are False
    mask = goes_right.view(np.uint8)
    np.negative(mask, out=mask)  # all bits
    return _choose(mask, low, high)


def _choose(mask: np.ndarray, low: np.ndarray | int, high: np.ndarray | int) -> np.ndarray:
    """``low ^ (mask & (low ^ high))``: `high` where the mask is set, in place where possible."""
    if isinstance(low, int) and isinstance(high, int):
        mask &= low ^ high
        mask ^= low
        return mask
    array, other = (low, high) if isinstance(low, np.ndarray) else (high, low)
    if array is high:
        np.invert(mask, out=mask)
    assert isinstance(array, np.ndarray)
    mask &= array ^ other
    mask ^= array
    return mask
