"""Length-bucketed batches of few static shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nlpx.training.buckets import choose, cover
from nlpx.training.column import Column
from nlpx.training.seeds import generator

Batch = dict[str, np.ndarray]

OWN_STEP = 16
"""Where widths are given, those of features with lengths of their own are multiples of it."""


def own_width(longest: int, least: int) -> int:
    """Positions of a feature that may have lengths of its own: `least`, or the next multiple of `OWN_STEP` that the
    longest fits in."""
    return least if longest <= least else -(-longest // OWN_STEP) * OWN_STEP


class Batches:
    """Batches of texts of similar length.

    Every batch has `batch_size` rows and one of a few widths. The batch that is short by nature is filled
    with rows whose mask is False throughout; a loss has to give them no weight.

    Args:
        features: per text, arrays of shape ``(length, ...)`` or scalars under the same names. Names may have
            lengths of their own (characters and subwords, say).
        batch_size: rows of every batch.
        seed: with the epoch's number, decides order and membership of an epoch's batches.
        lengths: real positions of each text, which ``mask`` shows; default: the length of the first feature.
        buckets: the number of widths at most, chosen from the data; or the widths themselves, which are
            continued by doubling where a text is longer.
    """

    def __init__(
        self,
        features: Sequence[Mapping[str, np.ndarray]],
        *,
        batch_size: int,
        seed: int = 0,
        lengths: Sequence[int] | None = None,
        buckets: int | Sequence[int] = 4,
    ) -> None:
        self.batch_size, self.seed = batch_size, seed
        names = list(features[0]) if features else []
        self._columns = {name: Column([row[name] for row in features]) for name in names}
        if lengths is None:
            lengths = [len(row[names[0]]) for row in features]
        self.lengths = np.array(lengths, np.int64)
        longest = int(self.lengths.max(initial=1))
        self.buckets = choose(self.lengths, buckets) if isinstance(buckets, int) else cover(buckets, longest)
        self._bucket = np.searchsorted(self.buckets, self.lengths)
        # Given widths are meant to be the same for all batches, those of other texts too; each shape is compiled.
        self._own_step = 1 if isinstance(buckets, int) else OWN_STEP
        self._widths = {name: self._widths_of(column) for name, column in self._columns.items()}

    def __len__(self) -> int:
        """Number of texts."""
        return len(self.lengths)

    @property
    def steps(self) -> int:
        """Number of batches of an epoch."""
        return -(-len(self) // self.batch_size)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[tuple[Batch, np.ndarray]]:
        """The shuffled batches of an epoch, from number `start` on.

        Each is the padded arrays and the numbers of the texts in its real rows. The arrays are
        ``(batch, width, ...)``; ``mask``, ``(batch, width)`` bool, is True where a position is real.
        """
        random = generator(self.seed, epoch, "order")
        order = random.permutation(len(self))
        # Longest first, so that the rows that fill the short batch are short ones.
        chunks = self._chunks(order[np.argsort(-self._bucket[order], kind="stable")])
        for index in random.permutation(len(chunks))[start:]:
            yield self._collate(chunks[index]), chunks[index]

    def ordered(self) -> Iterator[tuple[Batch, np.ndarray]]:
        """Batches for prediction, longest text first; the rows say where each output belongs."""
        for rows in self._chunks(np.argsort(-self.lengths, kind="stable")):
            yield self._collate(rows), rows

    def _chunks(self, order: np.ndarray) -> list[np.ndarray]:
        return [order[i : i + self.batch_size] for i in range(0, len(order), self.batch_size)]

    def _collate(self, rows: np.ndarray) -> Batch:
        bucket = int(self._bucket[rows].max())
        batch = {
            name: column.gather(rows, self.batch_size, self._widths[name][bucket])
            for name, column in self._columns.items()
        }
        lengths = np.zeros((self.batch_size, 1), np.int64)
        lengths[: len(rows), 0] = self.lengths[rows]
        return batch | {"mask": np.arange(self.buckets[bucket]) < lengths}

    def _widths_of(self, column: Column) -> list[int]:
        """Width of a feature per bucket: the bucket's; with lengths of its own, what its texts need."""
        if column.scalar or bool(np.all(column.sizes == self.lengths)):
            return self.buckets
        longest = np.zeros(len(self.buckets), np.int64)
        np.maximum.at(longest, self._bucket, column.sizes)
        steps = -(-np.maximum.accumulate(longest) // self._own_step)
        return [max(1, int(width)) for width in steps * self._own_step]
