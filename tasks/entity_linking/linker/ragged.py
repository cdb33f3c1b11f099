"""Lists of different lengths in one array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(slots=True)
class Ragged:
    """Lists one after another.

    Attributes:
        starts, ends: int64 (lists,); list i is ``values[starts[i]:ends[i]]``.
        values: all elements, also such that belong to no list.
    """

    starts: np.ndarray
    ends: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def of(cls, sizes: np.ndarray, values: np.ndarray) -> Ragged:
        """Lists of these sizes in a row."""
        ends = np.cumsum(sizes, dtype=np.int64)
        return cls(ends - sizes, ends, values)

    @classmethod
    def grouped(cls, owner: np.ndarray, values: np.ndarray, lists: int) -> Ragged:
        """The distinct values of each owner, ascending."""
        order = np.lexsort((values, owner))
        owner, values = owner[order], values[order]
        first = np.ones(len(owner), bool)
        first[1:] = (owner[1:] != owner[:-1]) | (values[1:] != values[:-1])
        return cls.of(np.bincount(owner[first], minlength=lists), values[first])

    def sizes(self, rows: np.ndarray) -> np.ndarray:
        """How long the lists at `rows` are, int64."""
        return self.ends[rows] - self.starts[rows]

    def take(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The elements of the lists at `rows` in order, and for each the place in `rows` it belongs to."""
        sizes = self.sizes(rows)
        ends = np.cumsum(sizes)
        owner = np.repeat(np.arange(len(rows)), sizes)
        shift = self.starts[rows] - (ends - sizes)
        return self.values[np.arange(len(owner)) + shift[owner]], owner

    def patched(self, rows: np.ndarray, other: Ragged, size: int) -> Ragged:
        """A copy with lists of `other` at `rows`, and room for `size` lists."""
        starts, ends = np.zeros(size, np.int64), np.zeros(size, np.int64)
        starts[: len(self)], ends[: len(self)] = self.starts, self.ends
        starts[rows], ends[rows] = other.starts + len(self.values), other.ends + len(self.values)
        return Ragged(starts, ends, np.concatenate([self.values, other.values]))


def concatenate(parts: Sequence[Ragged]) -> Ragged:
    """Lists made by `of` or `grouped`, one part after another."""
    sizes = np.concatenate([part.ends - part.starts for part in parts])
    return Ragged.of(sizes, np.concatenate([part.values for part in parts]))
