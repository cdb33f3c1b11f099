"""The gradients of a tagger's network, and how probable its spans are when parts of a text are left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpx.explain.decision import Decision, Variant
from nlpx.explain.gradient_model import Batch, GradientModel, Row, after_embedding
from nlpx.tagging.path_scores import Asked
from nlpx.tagging.tagger import NeuralTagger
from nlpx.tagging.windowing import Offsets, Piece
from nlpx.text.spans import Span

if TYPE_CHECKING:
    from nlpx.tagging.path_scores import PathScorer

WANTED = "wanted"
"""Name of the feature with 1 + the tags of the span, 0 outside of it, as at padding."""


@dataclass(slots=True)
class Tagged:
    """A text, or the part of a text that a tagger reads, as `nlpx.tagging.tagger.TaggedText`.

    Attributes:
        start: where it begins in the whole text.
    """

    text: str
    spans: list[Span]
    tokens: Offsets | None
    start: int = 0


Locate = Callable[[Decision], Tagged]
"""From a decision to what the tagger reads of its text, with the span in question as its only one."""


class TaggerGradients(GradientModel):
    """Its logit is the sum over the span's positions of the tag's log-odds by the emissions: e_k - log sum exp of the
    others. What the chain adds depends on the text through the emissions alone.
    """

    why_no_state = "a tagger reads the state at every position, not only the last one"

    def __init__(self, tagger: NeuralTagger, locate: Locate) -> None:
        self.tagger, self.model, self._locate = tagger, tagger.network, locate
        self.suit(tagger.config.encoder, tagger.config.training.jit_compile)

    def rows(self, decision: Decision) -> list[Row]:
        tagged = self._locate(decision)
        piece = piece_of(self.tagger, tagged)
        if piece is None:
            return []
        start, ids = asked_of(self.tagger, piece)
        wanted = np.zeros(piece.length, np.int32)
        wanted[start : start + len(ids)] = 1 + ids
        shift = tagged.start + self.tagger.start_of(tagged, piece)
        positions = self.tagger.encoder.positions(piece.text, piece.offsets)
        places = [(first + shift, end + shift) for first, end in positions]
        return [Row(self.tagger.features(piece) | {WANTED: wanted}, places, piece.length)]

    def embed(self, batch: Batch) -> Any:
        return self.model.encoder.embed(dict(batch), training=False)

    def logit(self, vectors: Any, batch: Batch) -> Any:
        from keras import ops

        states = self.model.encoder.from_embedded(vectors, dict(batch), training=False)
        mask = ops.cast(batch["mask"], "bool")
        scores = self.model.head(self.model.emissions(states), mask=mask)
        scores, *_ = self.model.head.potentials(scores, mask)  # (batch, length, tags)
        inside = ops.cast(batch[WANTED] > 0, scores.dtype)
        chosen = ops.one_hot(ops.maximum(batch[WANTED] - 1, 0), scores.shape[-1], dtype="bool")
        own = ops.sum(ops.where(chosen, scores, 0.0), axis=-1)
        odds = own - ops.logsumexp(ops.where(chosen, -1e9, scores), axis=-1)  # (batch, length)
        return ops.sum(odds * inside, axis=-1)

    def context(self, batch: Batch) -> dict[str, Any]:
        return after_embedding(self.model.encoder, batch)


def piece_of(tagger: NeuralTagger, tagged: Tagged) -> Piece | None:
    """The window that holds the only span of a text, the one that keeps its beginning.

    None where none does: the span is longer than a window, or stands between two words.
    """
    asked = [(piece, asked_of(tagger, piece)) for piece in tagger.pieces(tagged) if piece.spans]
    able = [(piece, start) for piece, (start, ids) in asked if len(ids)]
    kept = [piece for piece, start in able if _keeps(piece, start)]
    return next(iter(kept or [piece for piece, _ in able]), None)


def asked_of(tagger: NeuralTagger, piece: Piece) -> Asked:
    """Where the only span of a piece begins, and its tags; none where no unit of the piece carries it."""
    ids = tagger.tags_of(piece)
    blank = tagger.tags.names.index("O")
    inside = np.flatnonzero(ids != blank)
    return int(inside[0]) if len(inside) else 0, ids[inside]


def _keeps(piece: Piece, start: int) -> bool:
    return piece.window.keep_start <= piece.window.start + start < piece.window.keep_end


class SpanProbabilities:
    """How probable a decision's span is in what is left of its text."""

    def __init__(self, tagger: NeuralTagger) -> None:
        self.tagger = tagger
        self._scorer: PathScorer | None = None

    def __call__(self, texts: Sequence[Tagged]) -> np.ndarray:
        """Of the only span of each text `(texts,)`; 0 where it has none left."""
        return np.asarray(np.exp(self._logs(texts)))

    def log_odds(self, texts: Sequence[Tagged]) -> np.ndarray:
        """log p / (1 - p) of the same, from log p, which does not round to 0 as p does to 1."""
        logs = self._logs(texts)
        with np.errstate(divide="ignore"):
            return np.asarray(logs - np.log(-np.expm1(logs)))

    def _logs(self, texts: Sequence[Tagged]) -> np.ndarray:
        from nlpx.tagging.path_scores import PathScorer

        found = np.full(len(texts), -np.inf)
        located = [(row, piece_of(self.tagger, one)) for row, one in enumerate(texts) if one.spans]
        pieces = [(row, piece) for row, piece in located if piece is not None]
        if not pieces:
            return found
        if self._scorer is None:
            tagger = self.tagger
            self._scorer = PathScorer(tagger.network, tagger.tags, jit_compile=tagger.jit_compile)
        for batch, rows in self.tagger.batches([piece for _, piece in pieces]):
            own = [pieces[row] for row in rows]
            lengths = np.array([piece.length for _, piece in own])
            asked = [asked_of(self.tagger, piece) for _, piece in own]
            found[[row for row, _ in own]] = self._scorer.log_probabilities(batch, lengths, asked)
        return found


def left_of(variant: Variant, tokens: Offsets | None) -> Tagged:
    """What is left of a text, its tokens and the span in question; no span where nothing of it is left."""
    decision = variant.decision
    assert decision.span is not None
    start, end = variant.moved(*decision.span)
    moved = None
    if tokens is not None:
        before = np.concatenate([[0], np.cumsum(variant.kept)])
        places = [(int(before[first]), int(before[last])) for first, last in tokens]
        moved = [place for place in places if place[0] < place[1]]
    return Tagged(variant.text, [Span(start, end, decision.target)] if start < end else [], moved)
