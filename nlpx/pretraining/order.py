"""A shuffled order of any length that takes no memory."""

from __future__ import annotations

import numpy as np

from nlpx.training.seeds import generator

ROUNDS = 6


class Shuffle:
    """A permutation of the numbers from 0 to `size - 1`, decided by `(seed, number of the pass)`.

    A Feistel network over the next power of four, walked on until the image lies below `size`: any place of the order
    is known at once, so that a resumed training need not repeat what came before, and a corpus of any size shuffles in
    constant memory (Black & Rogaway 2002).

    Args:
        size: >= 1.
    """

    def __init__(self, size: int, seed: int, number: int) -> None:
        self.size = size
        self._half = max(1, -(-(size - 1).bit_length() // 2))
        self._low = np.uint64((1 << self._half) - 1)
        keys = generator(seed, number, "blocks").integers(1, 2**63, ROUNDS, np.uint64)
        self._keys = keys | np.uint64(1)

    def __call__(self, places: np.ndarray) -> np.ndarray:
        """Which of the things stands at each of these places, `(places,)` int64."""
        found = self._once(np.asarray(places, np.uint64))
        while (outside := found >= self.size).any():
            found[outside] = self._once(found[outside])
        return found.astype(np.int64)

    def _once(self, x: np.ndarray) -> np.ndarray:
        half = np.uint64(self._half)
        left, right = x >> half, x & self._low
        for key in self._keys:
            left, right = right, left ^ (_mixed(right, key) & self._low)
        return (left << half) | right


def _mixed(x: np.ndarray, key: np.uint64) -> np.ndarray:
    """A hash of 64 bits: the multiplications wrap around."""
    x = (x + key) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return x ^ (x >> np.uint64(32))
