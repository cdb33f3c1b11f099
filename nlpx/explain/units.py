"""The units that scores belong to: characters, the words an encoder reads, or the words of the segmenter.

Units need not cover a text, because blanks belong to no word. So that nothing is lost when scores are added up or
units are dropped, every character counts for the unit that begins at or before it (and what stands before all units,
for the first).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import numpy as np

from nlpx.errors import UsageError

Offsets = Sequence[tuple[int, int]]
UnitName = Literal["auto", "char", "word"]


class Units:
    """The units of one text.

    Args:
        length: characters of the text.
        offsets: half-open characters of the units, in order.
    """

    def __init__(self, length: int, offsets: Offsets) -> None:
        self.length = length
        self.offsets = tuple((int(start), int(end)) for start, end in offsets)

    def __len__(self) -> int:
        return len(self.offsets)

    @cached_property
    def owner(self) -> np.ndarray:
        """The number of the unit that each character counts for, `(characters,)`."""
        starts = np.array([start for start, _ in self.offsets], np.int64)
        found = np.searchsorted(starts, np.arange(self.length), side="right") - 1
        return np.maximum(found, 0)

    def add_up(self, values: np.ndarray, places: Offsets) -> np.ndarray:
        """Signed sums per unit `(units,)` of values `(places,)` that stand at places of the text.

        A place that several units share gives each its part, by characters; an empty one counts for none.
        """
        sums = np.zeros(len(self))
        starts, ends = np.array(places, np.int64).reshape(-1, 2).T
        sizes = np.maximum(ends - starts, 0)
        if len(self) and sizes.any():
            ranks = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            shares = np.asarray(values, np.float64) / np.maximum(sizes, 1)
            np.add.at(sums, self.owner[np.repeat(starts, sizes) + ranks], np.repeat(shares, sizes))
        return sums

    def characters(self, chosen: np.ndarray) -> np.ndarray:
        """The characters that count for chosen units `(units,)` bool, `(characters,)` bool."""
        return np.asarray(chosen, bool)[self.owner] if len(self) else np.zeros(self.length, bool)


def units_of(text: str, own: Offsets | None, unit: UnitName = "auto") -> Units:
    """The units of a text.

    Args:
        own: the words that the model reads; None where it reads characters.
        unit: auto for what the model reads, else char or word.

    Raises:
        UsageError: characters are asked of a model that reads words.
    """
    if unit == "char" and own is not None:
        raise UsageError(
            "unit char: this model reads words, so that its characters have no scores of their own",
            "leave out --unit, or say --unit word",
        )
    if own is None:
        own = _segmented(text) if unit == "word" else [(i, i + 1) for i in range(len(text))]
    return Units(len(text), own)


def _segmented(text: str) -> list[tuple[int, int]]:
    from nlpx.encoders.inputs.units import split_words

    return split_words(text, "jieba")
