"""Strings as vectors of their n-grams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlpx.tasks.entity_linking.linker.terms.units import split_units
from nlpx.text.normalize import code_points

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BITS = np.uint64(21)
"""Of a code point."""
BEGIN, END = "\x02", "\x03"
CHINESE, OTHER = (1, 2), (3,)


@dataclass(frozen=True)
class GramSpace:
    """The n-grams of some strings, each with a weight.

    Strings mostly in Chinese have characters and pairs of them, others triples of characters and words. A gram weighs
    ``idf = ln((1 + strings) / (1 + strings with it)) + 1``.

    Attributes:
        grams: packed code points, or hashes of words, ascending, uint64 (grams,).
        idf: float32 (grams,).
        chinese: which grams there are.
    """

    grams: np.ndarray
    idf: np.ndarray
    chinese: bool

    @classmethod
    def fit(cls, strings: Sequence[str]) -> GramSpace:
        """The grams of strings that are folded already."""
        sample = "".join(strings[:: max(1, len(strings) // 2000)])
        chinese = 2 * sum(char >= "\u2e80" for char in sample) >= len(sample)
        gram, _ = _distinct(*_grams(strings, chinese))
        grams, counts = np.unique(gram, return_counts=True)
        idf = np.log((1 + len(strings)) / (1 + counts)) + 1
        return cls(grams, idf.astype(np.float32), chinese)

    def vectors(self, strings: Sequence[str]) -> csr_matrix:
        """Rows of length 1, or 0 for strings without a known gram, float32 (strings, grams)."""
        from scipy.sparse import csr_matrix

        gram, owner = _distinct(*_grams(strings, self.chinese))
        column = np.minimum(np.searchsorted(self.grams, gram), max(0, len(self.grams) - 1))
        known = self.grams[column] == gram if len(self.grams) else np.zeros(len(gram), bool)
        column, owner = column[known], owner[known]
        weights = self.idf[column]
        norms = np.sqrt(np.bincount(owner, weights.astype(np.float64) ** 2, minlength=len(strings)))
        values = (weights / np.maximum(norms, 1e-12)[owner]).astype(np.float32)
        ends = np.cumsum(np.bincount(owner, minlength=len(strings)))
        return csr_matrix((values, column, np.append(0, ends)), shape=(len(strings), len(self.grams)))

    # === Files ===

    def arrays(self) -> dict[str, np.ndarray]:
        """All attributes by name."""
        return {"grams": self.grams, "idf": self.idf, "chinese": np.array([self.chinese])}

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray]) -> GramSpace:
        """The inverse of `arrays`."""
        return cls(arrays["grams"], arrays["idf"], bool(arrays["chinese"][0]))


def _grams(strings: Sequence[str], chinese: bool) -> tuple[np.ndarray, np.ndarray]:
    """Every gram of every string, and the number of its string."""
    parts = list(_packed(strings, CHINESE if chinese else OTHER))
    if not chinese:
        units = split_units(strings)
        parts.append((units.values, np.repeat(np.arange(len(units)), units.sizes(np.arange(len(units))))))
    gram, owner = (np.concatenate(column) for column in zip(*parts, strict=True))
    return gram, owner


def _packed(strings: Sequence[str], sizes: Sequence[int]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    codes = code_points("".join(f"{BEGIN}{string}{END}" for string in strings)).astype(np.uint64)
    owner = np.repeat(np.arange(len(strings)), [len(string) + 2 for string in strings])
    for size in sizes:
        count = max(len(codes) - size + 1, 0)
        packed = np.zeros(count, np.uint64)
        for place in range(size):
            packed = (packed << BITS) | codes[place : place + count]
        inside = owner[:count] == owner[size - 1 : size - 1 + count]
        if size == 1:
            inside &= (codes != ord(BEGIN)) & (codes != ord(END))
        yield packed[inside], owner[:count][inside]


def _distinct(gram: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each gram once per owner, by owner, then by gram."""
    order = np.lexsort((gram, owner))
    gram, owner = gram[order], owner[order]
    first = np.ones(len(gram), bool)
    first[1:] = (gram[1:] != gram[:-1]) | (owner[1:] != owner[:-1])
    return gram[first], owner[first]
