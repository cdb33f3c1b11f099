"""Paragraphs of any length to blocks of one length."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

ENDS = "。！？；，、…：,.!?;:"
"""Where a paragraph may be cut: behind these."""

SMALL_REST = 8
"""A block with less room than this is full."""


class Packer:
    """Fills blocks `[CLS] paragraph [SEP] paragraph [SEP] …` one after another.

    A paragraph that does not fit goes on in the next block, behind the end of a clause if there is one, else at a word.

    Args:
        length: tokens of a block.
        special: ids of `cls`, `sep` and `pad`.
        ends: ids of the tokens that end a clause.
        write: takes each full block, ids and whether a word begins `(length,)`.
    """

    def __init__(
        self,
        length: int,
        special: dict[str, int],
        ends: np.ndarray,
        write: Callable[[np.ndarray, np.ndarray], None],
    ) -> None:
        self.length, self.special, self.ends, self.write = length, special, ends, write
        self._begin()

    def _begin(self) -> None:
        self._ids = np.full(self.length, self.special["pad"], np.int32)
        self._begins = np.ones(self.length, bool)
        self._ids[0] = self.special["cls"]
        self._filled = 1

    @property
    def _room(self) -> int:
        return self.length - self._filled - 1  # the last one is [SEP]'s

    def add(self, ids: np.ndarray, begins: np.ndarray) -> None:
        """Take in a paragraph, `(tokens,)` both."""
        words = np.flatnonzero(begins)
        clauses = words[1:][np.isin(ids[words[1:] - 1], self.ends)]  # not within 3.14
        done = 0
        while len(ids) - done > self._room:
            room = self._room
            cut = _last(clauses, done, done + room)
            if (self._filled + cut - done) * 2 < self.length:
                cut = _last(words, done, done + room)
            if cut == done and self._filled == 1:
                cut = done + room  # a word longer than a block
            self._put(ids[done:cut], begins[done:cut])
            self.flush()
            done = cut
        if done < len(ids):
            self._put(ids[done:], begins[done:])
            self._separate()
        if self._room < SMALL_REST:
            self.flush()

    def _put(self, ids: np.ndarray, begins: np.ndarray) -> None:
        end = self._filled + len(ids)
        self._ids[self._filled : end] = ids
        self._begins[self._filled : end] = begins
        self._filled = end

    def _separate(self) -> None:
        self._ids[self._filled] = self.special["sep"]
        self._filled += 1

    def flush(self) -> None:
        """Write the block that is being filled, unless it is empty."""
        if self._filled == 1:
            return
        if self._ids[self._filled - 1] != self.special["sep"]:
            self._separate()
        self.write(self._ids, self._begins)
        self._begin()


def _last(cuts: np.ndarray, start: int, end: int) -> int:
    """The last of the ascending cuts in `(start, end]`; `start` where there is none."""
    place = int(np.searchsorted(cuts, end, side="right"))
    return max(start, int(cuts[place - 1])) if place else start
