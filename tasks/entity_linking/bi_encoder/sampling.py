"""What an epoch looks at: some spans of each text, and some candidates of each."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from nlpx.training.seeds import generator


class Sampler:
    """Draws from (seed, epoch), so that a resumed training sees what it would have seen.

    Args:
        bounds: int `(texts + 1,)`; the spans of text i are ``bounds[i]:bounds[i + 1]``.
        span: of each candidate row, int `(rows,)`, ascending.
        right: bool `(rows,)`.
        spans: of a text at most, linked ones first.
        candidates: of a span at most, right ones first.
    """

    def __init__(
        self,
        bounds: np.ndarray,
        span: np.ndarray,
        right: np.ndarray,
        *,
        seed: int,
        spans: int,
        candidates: int,
    ) -> None:
        count = int(bounds[-1])
        self._bounds, self._right, self._seed = bounds, right, seed
        self._spans, self._candidates = spans, candidates
        self._row_bounds = np.searchsorted(span, np.arange(count + 1))
        self._linked = np.zeros(count, bool)
        self._linked[span[right]] = True

    def draw(self, epoch: int) -> list[list[tuple[int, np.ndarray]]]:
        """Of each text, spans that have candidates, each with the rows of its candidates."""
        random = generator(self._seed, epoch, "spans and candidates")
        span_keys = random.random(len(self._linked)) - self._linked
        row_keys = random.random(len(self._right)) - self._right
        span_keys[np.diff(self._row_bounds) == 0] = np.inf
        bounds = self._bounds.tolist()
        return [
            [
                (span, self._rows(span, row_keys))
                for span in self._first(first, last, span_keys, self._spans)
                if span_keys[span] < np.inf
            ]
            for first, last in pairwise(bounds)
        ]

    def _rows(self, span: int, keys: np.ndarray) -> np.ndarray:
        first, last = self._row_bounds[span], self._row_bounds[span + 1]
        return np.array(self._first(int(first), int(last), keys, self._candidates), np.int64)

    def _first(self, first: int, last: int, keys: np.ndarray, most: int) -> list[int]:
        """The numbers in [first, last) with the smallest keys, `most` at most, ascending."""
        if last - first <= most:
            return list(range(first, last))
        return sorted((first + np.argsort(keys[first:last], kind="stable")[:most]).tolist())
