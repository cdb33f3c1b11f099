"""Which few lengths batches are padded to.

Every distinct shape costs a compilation, every padded position costs time: a handful of well-placed lengths
is the compromise. The best places follow from the lengths of the data by dynamic programming.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

WORTH = 0.03
"""A further length must save at least this share of all positions to be worth a compilation."""

GRID = 256
"""Lengths considered at most; more distinct ones are thinned to quantiles."""


def choose(lengths: np.ndarray, most: int) -> list[int]:
    """Up to `most` ascending lengths; padding each text to the next one makes the fewest positions.

    Args:
        lengths: integers >= 0, one per text. The greatest is always among the result.
        most: number of lengths at most, >= 1.
    """
    if len(lengths) == 0:
        return [1]
    ends, counts = _candidates(np.maximum(lengths, 1))
    cost = _padded(ends, counts)
    best = cost[0]  # best[j]: positions of the texts below index j, with as many lengths as rounds so far
    starts: list[np.ndarray] = []
    while len(starts) + 1 < most:
        through = best[:, None] + cost
        if through[:, -1].min() > (1 - WORTH) * best[-1]:
            break
        starts.append(through.argmin(axis=0))
        best = through.min(axis=0)
    return [int(ends[cut - 1]) for cut in _trace(starts, len(ends))]


def cover(buckets: Sequence[int], longest: int) -> list[int]:
    """The given lengths, continued by doubling until they reach `longest`."""
    result = sorted(set(buckets))
    while result[-1] < longest:
        result.append(2 * result[-1])
    return result


def _candidates(lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct lengths, ascending, and how many texts each is the next one for."""
    ends = np.unique(lengths)
    if len(ends) > GRID:
        ends = np.unique(np.quantile(lengths, np.linspace(0, 1, GRID), method="higher").astype(int))
    return ends, np.bincount(np.searchsorted(ends, lengths), minlength=len(ends))


def _padded(ends: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Entry (i, j): positions if the texts with index in [i, j) share one length; inf for i >= j."""
    total = np.concatenate([[0], np.cumsum(counts)])
    width = np.concatenate([[0], ends])
    index = np.arange(len(width))
    return np.where(index[:, None] < index, (total - total[:, None]) * width, np.inf)


def _trace(starts: list[np.ndarray], end: int) -> list[int]:
    cuts = [end]
    for start in reversed(starts):
        cuts.append(int(start[cuts[-1]]))
    return cuts[::-1]
