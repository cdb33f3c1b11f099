"""Spans and their candidates by the window of text they are read in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nlpx.tasks.entity_linking.linker.proposals import Spans
from nlpx.tasks.entity_linking.pieces import Piece, cut_texts


@dataclass(frozen=True)
class SpanRows:
    """Windows of texts, and the spans in each.

    Attributes:
        pieces: the windows of all texts.
        piece: index of the window that reads each span, int64 `(spans,)`, ascending.
        start, end: of each span in its window, half-open, int64 `(spans,)`; what a window's edge cuts ends there.
        bounds: int64 `(windows + 1,)`; the spans of window i are ``bounds[i]:bounds[i + 1]``.
    """

    pieces: list[Piece]
    piece: np.ndarray
    start: np.ndarray
    end: np.ndarray
    bounds: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[str], spans: Spans, max_length: int) -> SpanRows:
        """Give each span the window that keeps its start."""
        pieces = list(cut_texts(texts, max_length))
        longest = 1 + max((len(text) for text in texts), default=0)
        kept = np.array([piece.number * longest + piece.window.keep_start for piece in pieces], np.int64)
        wanted = spans.text.astype(np.int64) * longest + spans.start
        piece = np.searchsorted(kept, wanted, side="right") - 1
        first = np.array([piece.window.start for piece in pieces], np.int64)[piece]
        length = np.array([len(piece.text) for piece in pieces], np.int64)[piece]
        bounds = np.searchsorted(piece, np.arange(len(pieces) + 1))
        return cls(pieces, piece, spans.start - first, np.minimum(spans.end - first, length), bounds)

    def with_spans(self) -> SpanRows:
        """Without the windows that have no span."""
        counts = np.diff(self.bounds)
        pieces = [piece for piece, count in zip(self.pieces, counts.tolist(), strict=True) if count]
        bounds = np.concatenate([[0], np.cumsum(counts[counts > 0])])
        number = np.cumsum(counts > 0) - 1
        return SpanRows(pieces, number[self.piece], self.start, self.end, bounds)

    def tables(self, pieces: np.ndarray, size: int, widths: Sequence[int]) -> Iterator[np.ndarray]:
        """The spans of some windows as tables int64 `(size, width)` of their indices, -1 where there is none.

        Args:
            pieces: indices of at most `size` windows.
            widths: ascending; a window with more spans than the last one goes on in further tables.
        """
        first, last = self.bounds[pieces], self.bounds[pieces + 1]
        while (most := int((last - first).max())) > 0:
            width = next((width for width in widths if width >= most), widths[-1])
            table = np.full((size, width), -1, np.int64)
            index = first[:, None] + np.arange(width)
            table[: len(pieces)] = np.where(index < last[:, None], index, -1)
            yield table
            first = np.minimum(first + width, last)

    def lengths(self) -> np.ndarray:
        """Characters of each window, int64."""
        return np.array([len(piece.text) for piece in self.pieces], np.int64)
