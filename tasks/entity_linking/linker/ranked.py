"""Rows of groups, such as the candidates of spans, best first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Ranked(NamedTuple):
    """Rows group by group, in each group the highest values first; equal ones stay in order.

    Attributes:
        order: indices of the rows, int64 (rows,).
        heads: where in `order` each group that has rows begins, int64 (groups,).
        sizes: its rows, int64 (groups,).
    """

    order: np.ndarray
    heads: np.ndarray
    sizes: np.ndarray

    @property
    def best(self) -> np.ndarray:
        """The best row of each group that has rows, int64 (groups,)."""
        return self.order[self.heads]

    @property
    def place(self) -> np.ndarray:
        """How many rows of its group stand before each in `order`, int64 (rows,)."""
        return np.arange(len(self.order)) - np.repeat(self.heads, self.sizes)


def ranked(group: np.ndarray, values: np.ndarray) -> Ranked:
    """Sort.

    Args:
        group: of each row, ascending, int (rows,).
        values: (rows,).
    """
    heads = np.flatnonzero(np.diff(group, prepend=group[:1] - 1))
    return Ranked(np.lexsort((-values, group)), heads, np.diff(heads, append=len(group)))
