"""Candidates of spans as pairs that a network reads: features are made when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.bi_encoder.span_rows import SpanRows
from nlpx.tasks.entity_linking.cross_encoder.reader import Features, PairReader
from nlpx.training.batching import Batch, Batches


class Pairs:
    """The rows of lists, each beside the window of its text that keeps the start of its span.

    Args:
        rows: of `lists` that are read, int `(pairs,)`, ascending.
        max_length: characters of a window.

    Attributes:
        sizes: characters of each pair, int64 `(pairs,)`.
    """

    def __init__(self, lists: Lists, rows: np.ndarray, reader: PairReader, max_length: int) -> None:
        self._windows = SpanRows.of(lists.texts, lists.spans, max_length)
        self._span, self._entity, self._reader = lists.span[rows], lists.entity[rows], reader
        windows = self._windows.pieces
        pairs = zip(self._windows.piece[self._span].tolist(), self._entity.tolist(), strict=True)
        self.sizes = np.array([reader.size(windows[piece].text, entity) for piece, entity in pairs], np.int64)

    def __len__(self) -> int:
        return len(self._span)

    def features(self, pair: int) -> Features:
        """Of one pair, see `PairReader`."""
        span, windows = int(self._span[pair]), self._windows
        place = int(windows.start[span]), int(windows.end[span])
        text = windows.pieces[int(windows.piece[span])].text
        return self._reader.features(text, place, int(self._entity[pair]))

    def batch(self, pairs: Sequence[int], size: int, width: int) -> tuple[Batch, np.ndarray]:
        """Padded features of `size` rows, and the pair in each of those that are real.

        Args:
            width: units that every pair fits in.
        """
        features = [self.features(pair) for pair in pairs]
        return pad(features, size, width, np.array(pairs, np.int64))


def pad(features: Sequence[Features], size: int, width: int, numbers: np.ndarray) -> tuple[Batch, np.ndarray]:
    """Arrays `(size, width, ...)` with their `mask`, and the number of what stands in each real row."""
    lengths = [len(row["mention"]) for row in features]
    [(batch, order)] = Batches(features, batch_size=size, lengths=lengths, buckets=[width]).ordered()
    return batch, numbers[order]
