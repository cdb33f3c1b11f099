"""Training batches: spans, each with the candidates that compete for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nlpx.tasks.entity_linking.bi_encoder.sampling import Sampler
from nlpx.tasks.entity_linking.cross_encoder.pairs import Pairs
from nlpx.training.batching import Batch, Batches

STEPS = 4
"""Sizes that batches are filled up to: as many pairs as there may be, and parts of that."""


class PairBatches(Batches):
    """Pairs in the order of their spans; see `CrossEncoder` for the arrays. A text of these batches is a span.

    Args:
        right: bool `(pairs,)`.
        sampler: draws spans and candidates, as many in every epoch.
        candidates: of a span at most.
        batch_size: spans of a batch.
        buckets: number of lengths at most.
    """

    def __init__(
        self,
        pairs: Pairs,
        right: np.ndarray,
        sampler: Sampler,
        *,
        candidates: int,
        batch_size: int,
        buckets: int,
        seed: int,
    ) -> None:
        self._pairs, self._right, self._sampler, self._most = pairs, right, sampler, candidates
        longest = [self._longest(rows) for rows in self._draw(0)]
        super().__init__([], batch_size=batch_size, seed=seed, lengths=longest, buckets=buckets)
        longest_of_all = int(pairs.sizes.max(initial=1))
        self.buckets = [*[width for width in self.buckets if width < longest_of_all], longest_of_all]

    def epoch(self, epoch: int, start: int = 0) -> Iterator[tuple[Batch, np.ndarray]]:
        drawn = self._draw(epoch)
        options = {"batch_size": self.batch_size, "seed": self.seed}
        lengths = [self._longest(rows) for rows in drawn]
        order = Batches([], lengths=lengths, buckets=self.buckets, **options)
        for batch, lists in order.epoch(epoch, start):
            yield self._lists([drawn[index] for index in lists.tolist()], batch["mask"].shape[1]), lists

    def _draw(self, epoch: int) -> list[np.ndarray]:
        """The pairs of each span of an epoch."""
        return [rows for mine in self._sampler.draw(epoch) for _, rows in mine]

    def _longest(self, pairs: np.ndarray) -> int:
        return int(self._pairs.sizes[pairs].max())

    def _lists(self, drawn: list[np.ndarray], width: int) -> Batch:
        """The pairs of some spans, the span of each (-1 for rows that fill the batch), and which are right."""
        pairs = np.concatenate(drawn)
        step = -(-self.batch_size * self._most // STEPS)
        size = -(-len(pairs) // step) * step
        batch, found = self._pairs.batch(pairs.tolist(), size, width)
        number = dict(zip(pairs.tolist(), np.repeat(np.arange(len(drawn)), [*map(len, drawn)]), strict=True))
        lists, right = np.full(size, -1, np.int32), np.zeros(size, bool)
        lists[: len(found)] = [number[pair] for pair in found.tolist()]
        right[: len(found)] = self._right[found]
        return batch | {"lists": lists, "right": right}
