"""How probable a network takes each span of a text to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nlpx.tagging.chain import Chain, SpanTags, legal, span_probabilities, sums
from nlpx.tagging.tag_set import TagSet
from nlpx.tagging.windowing import Piece
from nlpx.text.spans import Span


class SpanScorer:
    """Exact span probabilities under the linear chain of a built network.

    Args:
        network: an `nlpx.tagging.network.Tagger`.
        tags: its tags, in the scheme BIOES.
    """

    def __init__(self, network: Any, tags: TagSet, *, jit_compile: bool) -> None:
        from nlpx.tagging.network import Scorer
        from nlpx.training.forward import compile_forward

        if tags.scheme != "BIOES":
            raise ValueError(f"spans have probabilities in the scheme BIOES only. Received: {tags.scheme}")
        self.network, self.tags = network, tags
        self._emissions = compile_forward(Scorer(network, name="scorer"), jit_compile=jit_compile)

    def spans(
        self, batch: dict[str, np.ndarray], pieces: Sequence[Piece], least: float, longest: int
    ) -> Iterator[tuple[int, Span, float]]:
        """(row, span of the piece's text, probability) of what the pieces of a batch keep of their windows."""
        emissions = np.asarray(self._emissions(batch), np.float64)[: len(pieces)]
        lengths = np.array([piece.length for piece in pieces])
        chain = Chain(emissions[:, : lengths.max()], lengths, *self._scores())
        found = sums(chain)
        for label in self.tags.labels:
            tags = SpanTags(*(self.tags.names.index(f"{place}-{label}") for place in "BIES"))
            scored = span_probabilities(chain, found, tags, least, longest)
            columns = (scored.row, scored.start, scored.end, scored.probability)
            for row, start, end, probability in zip(*(column.tolist() for column in columns), strict=True):
                window = pieces[row].window
                if window.keep_start <= window.start + start < window.keep_end:
                    yield row, _span(pieces[row], start, end, label), probability

    def _scores(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Transitions, start and end as they are now, with what the scheme forbids."""
        head = self.network.head
        blank, mask = np.zeros((1, 1, len(self.tags.names)), np.float32), np.ones((1, 1), bool)
        _, *scores = head.potentials(blank, mask)
        parts = [np.asarray(score, np.float64) for score in scores]
        return legal(self.tags.constraints, parts[0], parts[1], parts[2])


def _span(piece: Piece, start: int, end: int, label: str) -> Span:
    if piece.offsets is None:
        return Span(start, end, label)
    return Span(piece.offsets[start][0], piece.offsets[end - 1][1], label)
