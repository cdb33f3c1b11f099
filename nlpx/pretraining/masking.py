"""Whole words hidden from the model, anew for every pass."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

SLACK = 6
"""Tokens by which the last word may go beyond the share."""

MASKED, KEPT = 0.8, 0.1
"""Of the tokens asked for, those that become `[MASK]`, and those that stay; the others become any token."""


class Masked(NamedTuple):
    """Blocks with hidden words.

    Attributes:
        ids: what the model reads `(batch, length)` int32.
        positions: where it is asked, in no order, 0 where there are fewer `(batch, most)` int32.
        targets: the right tokens `(batch, most)` int32.
        asked: False where `positions` only fills the row `(batch, most)` bool.
    """

    ids: np.ndarray
    positions: np.ndarray
    targets: np.ndarray
    asked: np.ndarray


class WordMasker:
    """Asks for a share of each block's tokens, whole words at a time (BERT's whole-word masking).

    Words are taken in a random order until the share is reached; the last one may go beyond it by `SLACK` tokens, else
    it is left out.

    Args:
        ordinary: by id, whether a token is neither special nor unknown: those are never asked for, and what a token is
            replaced by is one of them.
        mask: id of `[MASK]`.
        share: of the ordinary tokens, in (0, 1).
    """

    def __init__(self, ordinary: np.ndarray, mask: int, share: float) -> None:
        self.ordinary, self.mask, self.share = ordinary, mask, share
        self._choices = np.flatnonzero(ordinary)

    def most(self, length: int) -> int:
        """Tokens that are asked for in a block, at most."""
        return min(length, math.ceil(self.share * length) + SLACK)

    def __call__(self, ids: np.ndarray, begins: np.ndarray, random: np.random.Generator) -> Masked:
        """Hide words.

        Args:
            ids: `(batch, length)`.
            begins: whether a word begins at a token `(batch, length)` bool.
        """
        batch, length = ids.shape
        most = self.most(length)
        real = self.ordinary[ids]
        count = real.sum(axis=1, keepdims=True)
        words = np.cumsum(begins, axis=1)
        keys = np.take_along_axis(random.random((batch, length + 1)), words, axis=1)
        keys[~real] = 2.0
        order = np.argsort(keys, axis=1, kind="stable")  # random words, each in one piece
        first, last = _ranks(np.take_along_axis(words, order, axis=1), count)
        budget = np.where(count > 0, np.maximum(1, np.rint(count * self.share)), 0)
        rank = np.arange(length)
        asked = ((rank < count) & (first < budget) & (last < most))[:, :most]
        positions = order[:, :most]
        targets = np.take_along_axis(ids, positions, axis=1)
        read = ids.copy()
        np.put_along_axis(read, positions, self._shown(targets, asked, random), axis=1)
        return Masked(read, np.where(asked, positions, 0).astype(np.int32), targets, asked)

    def _shown(self, targets: np.ndarray, asked: np.ndarray, random: np.random.Generator) -> np.ndarray:
        draw = random.random(targets.shape)
        others = self._choices[random.integers(0, len(self._choices), targets.shape)]
        shown = np.where(draw < MASKED, self.mask, np.where(draw < MASKED + KEPT, targets, others))
        return np.where(asked, shown, targets)


def _ranks(words: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last rank of the word at each rank, `(batch, length)` both; ranks from `count` on mean nothing."""
    rank = np.broadcast_to(np.arange(words.shape[1]), words.shape)
    new = np.ones(words.shape, bool)
    new[:, 1:] = words[:, 1:] != words[:, :-1]
    new |= rank == count
    first = np.maximum.accumulate(np.where(new, rank, 0), axis=1)
    ends = np.ones(words.shape, bool)
    ends[:, :-1] = new[:, 1:]
    last = np.where(ends, rank, words.shape[1])
    return first, np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1]
