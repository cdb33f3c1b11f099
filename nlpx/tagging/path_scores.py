"""How probable it is that a network gives a stretch of a text just these tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nlpx.tagging.chain import FORBIDDEN, Chain, legal, sums
from nlpx.tagging.tag_set import TagSet

Asked = tuple[int, np.ndarray]
"""The first position of a span, and the ids of its tags `(positions,)`."""


class PathScorer:
    """Exact probabilities of spans under the linear chain of a built network, in any tag scheme.

    Args:
        network: an `nlpx.tagging.network.Tagger`.
    """

    def __init__(self, network: Any, tags: TagSet, *, jit_compile: bool) -> None:
        from nlpx.tagging.network import Scorer
        from nlpx.training.forward import compile_forward

        self.network, self.tags = network, tags
        self._emissions = compile_forward(Scorer(network, name="path_scorer"), jit_compile=jit_compile)

    def log_probabilities(
        self, batch: dict[str, np.ndarray], lengths: np.ndarray, asked: Sequence[Asked]
    ) -> np.ndarray:
        """Of one span in each real row of a batch, `(rows,)` float64; minus infinity where the scheme forbids it.

        Args:
            lengths: of the real rows, at least 1.
        """
        rows = len(asked)
        emissions = np.asarray(self._emissions(batch), np.float64)[:rows, : lengths.max()]
        within = emissions.copy()
        for row, (start, ids) in enumerate(asked):
            for place, allowed in _constraints(self.tags, start, ids, int(lengths[row])):
                within[row, place, ~allowed] = FORBIDDEN
        scores = self._scores()
        every = sums(Chain(emissions, lengths, *scores)).log_z
        some = sums(Chain(within, lengths, *scores)).log_z
        found = np.minimum(some - every, 0.0)
        return np.where(found > FORBIDDEN / 2, found, -np.inf)

    def _scores(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Transitions, start and end as they are now, with what the scheme forbids."""
        blank, mask = np.zeros((1, 1, len(self.tags.names)), np.float32), np.ones((1, 1), bool)
        _, *scores = self.network.head.potentials(blank, mask)
        parts = [np.asarray(score, np.float64) for score in scores]
        return legal(self.tags.constraints, parts[0], parts[1], parts[2])


def _constraints(tags: TagSet, start: int, ids: np.ndarray, length: int) -> Iterator[tuple[int, np.ndarray]]:
    """Positions and the tags `(tags,)` bool they may have, for the span to be there and neither longer nor shorter."""
    size, count = len(tags.names), len(ids)
    for place, tag in enumerate(ids.tolist(), start):
        yield place, np.arange(size) == tag
    neighbours = np.arange(size).tolist()
    if start:
        before = [tags.decode([other, *ids], None) for other in neighbours]
        yield start - 1, np.array([_holds(found, 1, count + 1) for found in before])
    if start + count < length:
        after = [tags.decode([*ids, other], None) for other in neighbours]
        yield start + count, np.array([_holds(found, 0, count) for found in after])


def _holds(spans: Sequence[Any], start: int, end: int) -> bool:
    return any((span.start, span.end) == (start, end) for span in spans)
