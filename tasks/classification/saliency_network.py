"""The gradients of a classifier's network, alone or beside a linear model."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from nlpx.explain.decision import Decision
from nlpx.explain.gradient_model import Batch, GradientModel, Row, after_embedding
from nlpx.explain.units import Offsets
from nlpx.layers.recurrent import Recurrent
from nlpx.tasks.classification.classifier import NetworkPredictor, Seen
from nlpx.tasks.classification.pieces import Piece

TARGET = "target"
"""Name of the feature that says which class is explained."""

MEAN_ODDS = "the mean of their log-odds is explained; the model takes the log-odds of their mean scores"
"""What is said of texts in windows where the two are not the same."""


class ClassifierGradients(GradientModel):
    """Its logit is the log-odds of the class: z_k - log sum exp of all others, or z_k where classes are independent.

    Of a text in windows each counts for its share, because their scores are averaged. The model takes the odds of the
    mean scores, this logit the mean of the windows' odds, whose gradient can be taken of one window after the other.
    With two classes, or independent ones, both are the same; with more they are not, which `facts` tells.
    """

    def __init__(self, predictor: NetworkPredictor) -> None:
        self.predictor, self.model = predictor, predictor.network
        config = predictor.config
        self.suit(config.encoder, config.training.jit_compile)
        if config.model.type == "joint":
            self.explained = "the network, without the linear model beside it"
        self.directions, self.why_no_state = _directions(predictor)

    def rows(self, decision: Decision) -> list[Row]:
        pieces = self.predictor.pieces(decision.text, decision.example.pair)
        return [self._row(seen, decision, 1 / len(pieces)) for seen in pieces]

    def facts(self, rows: int) -> dict[str, float | str]:
        differs = rows > 1 and not self.model.several and len(self.predictor.labels.names) > 2
        return super().facts(rows) | ({"windows": MEAN_ODDS} if differs else {})

    def _row(self, seen: Seen, decision: Decision, weight: float) -> Row:
        features = self.predictor.featurize(*seen)
        features[TARGET] = np.array(decision.column, np.int32)
        places = in_whole(seen[0], self.predictor.positions(*seen))
        return Row(features, places, self.predictor.length(*seen), weight)

    def embed(self, batch: Batch) -> Any:
        return self.model.encoder.embed(dict(batch), training=False)

    def logit(self, vectors: Any, batch: Batch) -> Any:
        encoded = self.model.encoder.from_embedded(vectors, dict(batch), training=False)
        states, summary = encoded if isinstance(encoded, tuple) else (encoded, None)
        pooled = self.model.pool_vectors(states, dict(batch), training=False, summary=summary)
        scores = self.model.decide(pooled, training=False)
        chosen = ops.one_hot(batch[TARGET], scores.shape[-1], dtype="bool")  # (batch, labels)
        own = ops.sum(ops.where(chosen, scores, 0.0), axis=-1)
        if self.model.several:
            return own
        return own - ops.logsumexp(ops.where(chosen, -1e9, scores), axis=-1)

    def states(self, vectors: Any, batch: Batch) -> Any:
        return self.model.encoder.from_embedded(vectors, dict(batch), training=False)

    def context(self, batch: Batch) -> dict[str, Any]:
        return after_embedding(self.model.encoder, batch)


def in_whole(piece: Piece, positions: Offsets) -> Offsets:
    """Characters of a piece as characters of the whole text; empty ones stay empty."""
    moved = [(i, i + 1) for i in range(len(piece.text))] if piece.offsets is None else piece.offsets
    if positions == moved:
        return piece.places
    starts = np.array([start for start, _ in moved], np.int64)
    found: list[tuple[int, int]] = []
    for start, end in positions:
        unit = max(0, int(np.searchsorted(starts, start, side="right")) - 1)
        shift = piece.places[unit][0] - moved[unit][0] if start < end else 0
        found.append((start + shift, end + shift))
    return found


def _directions(predictor: NetworkPredictor) -> tuple[int, str]:
    """Directions of the recurrent layer whose last state decides; 0, and why, where none does."""
    stack = getattr(predictor.network.encoder, "stack", None)
    last = None if stack is None else stack.blocks[-1]
    if not isinstance(last, Recurrent):
        return (
            0,
            f"the encoder {predictor.config.encoder.type} has no state that is carried from step to step",
        )
    kinds = predictor.config.head.pooling
    if kinds != ["last"]:
        return (
            0,
            f"head.pooling is {', '.join(kinds)}, so that its states count at every position; wanted last",
        )
    return last.directions, ""
