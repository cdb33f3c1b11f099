"""The way into a classifier's network, alone or beside a linear model."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from nlpx.explain.decision import Decision
from nlpx.explain.door import Batch, Door, Row
from nlpx.layers.masking import zero_padding
from nlpx.layers.recurrent import Recurrent
from nlpx.tasks.classification.classifier import NetworkPredictor
from nlpx.tasks.classification.network import PAIR

TARGET = "target"
"""Name of the feature that says which class is explained."""


class ClassifierDoor(Door):
    """Its logit is the log-odds of the class: z_k - log sum exp of all others, or z_k where classes are independent.

    Of a text in windows each counts for its share, because their scores are averaged.
    """

    def __init__(self, predictor: NetworkPredictor) -> None:
        self.predictor, self.model = predictor, predictor.network
        config = predictor.config
        self.jit_compile = self.compiles(config.encoder, config.training.jit_compile)
        self.directions, self.why_no_state = _directions(predictor)

    def rows(self, decision: Decision) -> list[Row]:
        pieces = self.predictor.pieces(decision.text)
        target = {TARGET: np.int32(decision.column)}
        return [
            Row(
                self.predictor.featurize(piece, decision.example.pair) | target, piece.places, 1 / len(pieces)
            )
            for piece in pieces
        ]

    def embed(self, batch: Batch) -> Any:
        return zero_padding(self.model.encoder.embed(batch, training=False), ops.cast(batch["mask"], "bool"))

    def logit(self, vectors: Any, batch: Batch) -> Any:
        pooled = self.model.pool_vectors(self.states(vectors, batch), dict(batch), training=False)
        scores = self.model.decide(pooled, training=False)
        chosen = ops.one_hot(batch[TARGET], scores.shape[-1], dtype="bool")  # (batch, labels)
        own = ops.sum(ops.where(chosen, scores, 0.0), axis=-1)
        if self.model.several:
            return own
        return own - ops.logsumexp(ops.where(chosen, -1e9, scores), axis=-1)

    def states(self, vectors: Any, batch: Batch) -> Any:
        return self.model.encoder.from_embedded(vectors, batch["mask"], training=False)

    def context(self, batch: Batch) -> dict[str, Any]:
        return {
            name: array for name, array in batch.items() if name in ("mask", TARGET) or name.startswith(PAIR)
        }


def _directions(predictor: NetworkPredictor) -> tuple[int, str]:
    """Directions of the recurrent layer whose last state decides; 0, and why, where none does."""
    last = predictor.network.encoder.stack.blocks[-1]
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
