"""Strings that resemble a string: cosine of character n-grams weighted by how rare they are.

Each string is the set of its n-grams; n-grams of two and more characters count its beginning and end as characters. A
gram weighs ``idf = ln((1 + strings) / (1 + strings with it)) + 1``. The index is an inverted list of arrays, which can
be memory-mapped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nlpx.text.normalize import code_points

BITS = 21
"""Of a code point; three of them fit into 64 bits."""
BEGIN, END = "\x02", "\x03"
BUDGET = 5_000
"""Postings read to find candidates; more frequent grams only score those found by then."""


class NgramIndex:
    """An inverted index from n-grams to strings.

    Args:
        arrays: `sizes` lengths of the grams, 1 to 3; `grams` uint64 (grams,) ascending packed code points; `weights`
            float32 (grams,) squared idf; `offsets` int64 (grams + 1,) into `postings` uint32, the ascending numbers of
            the strings with a gram; `norms` float32 (strings,).
    """

    NAMES = ("sizes", "grams", "weights", "offsets", "postings", "norms")

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        views = [np.asarray(arrays[name]) for name in self.NAMES]
        self.sizes, self.grams, self.weights, self.offsets, self.postings, self.norms = views
        self._unseen = _squared_idf(len(self.norms), np.zeros(1))[0]

    def __len__(self) -> int:
        return len(self.norms)

    @classmethod
    def build(
        cls, strings: Sequence[str], sizes: Sequence[int] = (1, 2), reference: NgramIndex | None = None
    ) -> NgramIndex:
        """Index strings by their grams of these sizes; `reference` gives the weights of another index's grams."""
        if not sizes or not set(sizes) <= {1, 2, 3}:
            raise ValueError(f"sizes of n-grams must be among 1, 2, 3, not {list(sizes)}")
        gram, string = _all_grams(strings, sizes)
        order = np.argsort(gram, kind="stable")  # among the same grams, strings ascend already
        gram, string = gram[order], string[order]
        first = np.ones(len(gram), bool)
        first[1:] = (gram[1:] != gram[:-1]) | (string[1:] != string[:-1])
        gram, string = gram[first], string[first]
        grams, begins = np.unique(gram, return_index=True)
        offsets = np.append(begins, len(gram)).astype(np.int64)
        weights = (
            _squared_idf(len(strings), np.diff(offsets))
            if reference is None
            else reference._weights_of(grams)
        )
        squares = np.bincount(string, np.repeat(weights, np.diff(offsets)), minlength=len(strings))
        return cls(
            {
                "sizes": np.asarray(sorted(set(sizes)), np.int64),
                "grams": grams,
                "weights": weights.astype(np.float32),
                "offsets": offsets,
                "postings": string.astype(np.uint32),
                "norms": np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32),
            }
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """What `__init__` takes."""
        return {name: getattr(self, name) for name in self.NAMES}

    def search(self, text: str, k: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """The strings most like `text`.

        Returns:
            numbers of strings int64 and cosines float32 in (0, 1], both `(at most k,)`, best first, then by number.
        """
        gram = np.unique(_all_grams([text], self.sizes.tolist())[0])
        weights = self._weights_of(gram)
        rows, known = self._rows(gram)
        rows = rows[known]
        if not rows.size or k < 1:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        found, score = self._scores(rows)
        score /= self.norms[found] * np.float32(np.sqrt(weights.sum()))
        if len(found) > 4 * k:
            best = np.argpartition(-score, k)
            best = np.flatnonzero(score >= score[best[:k]].min())  # all that tie with the last one
            found, score = found[best], score[best]
        order = np.lexsort((found, -score))[:k]
        return found[order].astype(np.int64), np.minimum(score[order], np.float32(1))

    def _scores(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Strings that share a rare gram among these, and their weights in common."""
        sizes = self.offsets[rows + 1] - self.offsets[rows]
        rows = rows[np.argsort(sizes, kind="stable")]
        read = max(1, int(np.searchsorted(np.cumsum(np.sort(sizes)), BUDGET, side="right")))
        lists = [self.postings[self.offsets[row] : self.offsets[row + 1]] for row in rows]
        joined = np.concatenate(lists[:read])
        found, place = np.unique(joined, return_inverse=True)
        weight = np.repeat(self.weights[rows[:read]], [len(part) for part in lists[:read]])
        score = np.bincount(place, weight, minlength=len(found)).astype(np.float32)
        for row, postings in zip(rows[read:], lists[read:], strict=True):
            at = np.minimum(np.searchsorted(postings, found), len(postings) - 1)
            score[postings[at] == found] += self.weights[row]
        return found, score

    def _rows(self, gram: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row of each gram, and whether the index has it."""
        if not len(self.grams):
            return np.zeros(len(gram), np.int64), np.zeros(len(gram), bool)
        rows = np.minimum(np.searchsorted(self.grams, gram), len(self.grams) - 1)
        return rows, self.grams[rows] == gram

    def _weights_of(self, gram: np.ndarray) -> np.ndarray:
        """Squared idf of each gram, that of a gram never seen where the index lacks it."""
        rows, known = self._rows(gram)
        return np.where(known, self.weights[rows] if len(self.weights) else 0, self._unseen)


def _squared_idf(strings: int, having: np.ndarray) -> np.ndarray:
    return (np.log((1 + strings) / (1 + having)) + 1) ** 2


def _all_grams(strings: Sequence[str], sizes: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Packed gram and number of its string for every gram of every string, repeats included."""
    codes = code_points("".join(f"{BEGIN}{string}{END}" for string in strings)).astype(np.uint64)
    owner = np.repeat(np.arange(len(strings)), [len(string) + 2 for string in strings])
    grams, owners = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for size in sizes:
        count = max(len(codes) - size + 1, 0)
        packed = np.zeros(count, np.uint64)
        for place in range(size):
            packed = (packed << np.uint64(BITS)) | codes[place : place + count]
        inside = owner[:count] == owner[size - 1 : size - 1 + count]
        if size == 1:
            inside &= (codes != ord(BEGIN)) & (codes != ord(END))
        grams.append(packed[inside])
        owners.append(owner[:count][inside])
    return np.concatenate(grams), np.concatenate(owners)
