"""One feature of all texts, laid end to end, so that a batch is one gather and not a loop over its rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# What tensors are made of: 64 bits would only be converted again by every backend.
_NARROW = {np.dtype("int64"): np.dtype("int32"), np.dtype("float64"): np.dtype("float32")}


class Column:
    """Arrays of shape ``(length, ...)`` with one length per text, or scalars (one per text).

    Args:
        arrays: one per text; they differ in the first axis only.

    Raises:
        ValueError: the trailing axes differ.
    """

    def __init__(self, arrays: Sequence[np.ndarray]) -> None:
        self.scalar = np.ndim(arrays[0]) == 0
        rows = [np.reshape(array, (1,)) for array in arrays] if self.scalar else arrays
        self.sizes = np.array([len(row) for row in rows], np.int64)
        self._starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])
        blank = np.zeros((1, *rows[0].shape[1:]), rows[0].dtype)
        values = np.concatenate([*rows, blank])  # the last entry is what padding reads
        self._values = values.astype(_NARROW.get(values.dtype, values.dtype))

    def gather(self, rows: np.ndarray, batch: int, width: int) -> np.ndarray:
        """``(batch, width, ...)``, scalars ``(batch,)``: the texts padded with zeros, then rows of zeros."""
        starts, sizes = np.zeros((2, batch, 1), np.int64)
        starts[: len(rows), 0], sizes[: len(rows), 0] = self._starts[rows], self.sizes[rows]
        position = np.arange(1 if self.scalar else width)
        index = np.where(position < sizes, starts + position, len(self._values) - 1)
        return self._values[index[:, 0] if self.scalar else index]
