"""Batches of blocks in a shuffled order without end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nlpx.pretraining.blocks import Blocks
from nlpx.pretraining.objectives import Batch, Objective
from nlpx.pretraining.order import Shuffle
from nlpx.training.seeds import generator


class BlockBatches:
    """What `nlpx.training.fit` trains on: stretches of equal numbers of batches over as many passes as it takes.

    Batch number t of the whole training depends on `(seed, t)` alone: its blocks by the shuffle of the pass, its masks
    by t, so that they are others in each pass.

    Args:
        blocks: at least one.
        objective: makes batches of them.
        batch_size: blocks of each batch.
        steps: batches of a stretch.
    """

    def __init__(
        self, blocks: Blocks, objective: Objective, *, batch_size: int, steps: int, seed: int
    ) -> None:
        self.blocks, self.objective = blocks, objective
        self.batch_size, self.steps, self.seed = batch_size, steps, seed
        self._shuffle: tuple[int, Shuffle] | None = None

    def __len__(self) -> int:
        """Number of blocks."""
        return len(self.blocks)

    def epoch(self, epoch: int, start: int = 0) -> Iterator[tuple[Batch, np.ndarray]]:
        """The batches of a stretch, from number `start` on, and which blocks are in each."""
        for step in range(start, self.steps):
            yield self.batch(epoch * self.steps + step)

    def batch(self, number: int) -> tuple[Batch, np.ndarray]:
        """The batch of this number, from 0, and its blocks."""
        places = np.arange(self.batch_size) + number * self.batch_size
        rows = np.empty(self.batch_size, np.int64)
        passes = places // len(self.blocks)
        for one in np.unique(passes):
            here = passes == one
            rows[here] = self._shuffled(int(one))(places[here] % len(self.blocks))
        ids, begins = self.blocks[rows]
        return self.objective.batch(ids, begins, generator(self.seed, number, "masks")), rows

    def _shuffled(self, number: int) -> Shuffle:
        if self._shuffle is None or self._shuffle[0] != number:
            self._shuffle = number, Shuffle(len(self.blocks), self.seed, number)
        return self._shuffle[1]


def judged_batches(blocks: Blocks, objective: Objective, *, batch_size: int, most: int) -> Iterator[Batch]:
    """Batches that judge, always with the same masks, whatever their size; what fills the last one weighs nothing.

    Args:
        most: blocks that are judged, spread over all.
    """
    count = min(most, len(blocks))
    chosen = np.arange(count) * len(blocks) // count
    for start in range(0, count, batch_size):
        rows = np.resize(chosen[start : start + batch_size], batch_size)
        single = [objective.batch(*blocks[rows[i : i + 1]], _masks(rows[i])) for i in range(batch_size)]
        batch = {name: np.concatenate([one[name] for one in single]) for name in single[0]}
        batch["weights"][count - start :] = 0.0
        yield batch


def _masks(row: int) -> np.random.Generator:
    return generator(0, int(row), "judged masks")
