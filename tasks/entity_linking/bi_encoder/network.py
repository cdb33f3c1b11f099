"""The network: one table of vectors, a reader for texts and one for entities, both ending in vectors of one size."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.masking import VERY_LOW, Tensor, masked_max, masked_mean
from nlpx.layers.reader import Reader
from nlpx.tasks.entity_linking.bi_encoder.span_pooling import SpanPooling

Batch = dict[str, Any]

ABOUT = "about."
"""Before the name of each feature of an entity."""

SCALE = 10.0
"""What a cosine is multiplied with at first; it is learned."""


class BiEncoder(keras.Model):
    """Judges candidates of mentions by the angle of two vectors.

    Args:
        vectors: layer from features `(batch, length, ...)` to vectors `(batch, length, size)`, for texts and entities.
        text_stack, entity_stack: from vectors to states `(batch, length, units)`.
        size: of the vectors of mentions and entities.
        contrast: weight of the second part of the loss.

    Call arguments:
        x: features of the texts, `mask (batch, length)` bool and `spans (batch, spans, 2)` int; features of distinct
            entities `(entities, length, ...)`, ``about.`` before their names, with `about.mask`.

    Returns:
        dict: `logits (batch, spans, entities)` of each entity and `nil (batch, spans)` of none, float32.
    """

    def __init__(
        self,
        vectors: keras.layers.Layer,
        text_stack: keras.layers.Layer,
        entity_stack: keras.layers.Layer,
        *,
        size: int,
        contrast: float,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.vectors, self.contrast = vectors, contrast
        self.text_reader = Reader(text_stack, name="text_reader")
        self.entity_reader = Reader(entity_stack, name="entity_reader")
        self.pooling = SpanPooling(name="pooling")
        self.mention_hidden = keras.layers.Dense(2 * size, activation="relu", name="mention_hidden")
        self.mention = keras.layers.Dense(size, dtype="float32", name="mention")
        self.nil = keras.layers.Dense(1, dtype="float32", name="nil")
        self.entity = keras.layers.Dense(size, dtype="float32", name="entity")
        self.scale = self.add_weight(
            name="scale", shape=(), initializer=keras.initializers.Constant(SCALE), dtype="float32"
        )

    # === Parts ===

    def read_mentions(self, x: Batch, training: bool = False) -> tuple[Tensor, Tensor]:
        """Vectors of length `scale` `(batch, spans, size)` and logits of NIL `(batch, spans)`."""
        vectors = self.vectors(x, training=training)
        states = self.text_reader(vectors, x["mask"], training=training)
        hidden = self.mention_hidden(self.pooling(states, x["mask"], x["spans"]))
        return self.scale * normalized(self.mention(hidden)), self.nil(hidden)[:, :, 0]

    def read_entities(self, x: Batch, training: bool = False) -> Tensor:
        """Vectors of length 1 `(entities, size)`."""
        features = {name.removeprefix(ABOUT): column for name, column in x.items() if name.startswith(ABOUT)}
        mask = features["mask"]
        vectors = self.vectors(features, training=training)
        states = self.entity_reader(vectors, mask, training=training)
        pooled = [masked_max(states, mask), masked_mean(states, mask)]
        return normalized(self.entity(ops.concatenate(pooled, axis=-1)))

    # === Training ===

    def call(self, x: Batch, training: bool = False) -> dict[str, Tensor]:
        mentions, nil = self.read_mentions(x, training)
        entities = self.read_entities(x, training)
        return {"logits": ops.matmul(mentions, ops.transpose(entities)), "nil": nil}

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """Listwise cross-entropy over the candidates of a span and NIL; and `contrast` times that of a linked span's
        entity over all entities of the batch.

        In `x`: `candidate (batch, spans, entities)` bool, which entities a span may mean; `right`, likewise, which it
        does mean, none for NIL; `judged (batch, spans)` bool, which spans there are.
        """
        judged, right = ops.cast(x["judged"], "float32"), ops.cast(x["right"], "bool")
        linked = ops.any(right, axis=-1)
        among = ops.cast(x["candidate"], "bool")
        logits, nil = y_pred["logits"], y_pred["nil"]
        all_ = ops.logaddexp(log_sum(logits, among), nil)
        mine = ops.where(linked, log_sum(logits, right), nil)
        loss = ops.sum((all_ - mine) * judged) / ops.maximum(ops.sum(judged), 1.0)
        if self.contrast:
            there = ops.any(ops.cast(x[f"{ABOUT}mask"], "bool"), axis=1)[None, None, :]
            each = log_sum(logits, there) - log_sum(logits, right)
            weight = judged * ops.cast(linked, "float32")
            loss += (
                self.contrast
                * ops.sum(ops.where(linked, each, 0.0) * weight)
                / ops.maximum(ops.sum(weight), 1.0)
            )
        return loss

    def loss_weight(self, x: Batch) -> Tensor:
        """Spans of a batch, over which the loss is a mean; that of `contrast` is one over linked ones."""
        return ops.sum(ops.cast(x["judged"], "float32"))


def normalized(x: Tensor) -> Tensor:
    """Of length 1, or 0 where it was; with a gradient in either case."""
    return x * ops.rsqrt(ops.sum(ops.square(x), axis=-1, keepdims=True) + 1e-12)


def log_sum(logits: Tensor, where: Tensor) -> Tensor:
    """Log of the summed exponentials over the last axis where a mask is True; very low where it nowhere is."""
    return ops.logsumexp(ops.where(where, logits, ops.cast(VERY_LOW, logits.dtype)), axis=-1)


# === Prediction: each side as a graph of its own ===


class MentionPass(keras.Model):
    """Vectors of mentions, and behind them their logit of NIL: `(batch, spans, size + 1)`."""

    def __init__(self, network: BiEncoder, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network = network

    def call(self, x: Batch, training: bool = False) -> Tensor:
        vectors, nil = self.network.read_mentions(x)
        return ops.concatenate([vectors, nil[:, :, None]], axis=-1)


class EntityPass(keras.Model):
    """Vectors of entities `(entities, size)`."""

    def __init__(self, network: BiEncoder, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.network = network

    def call(self, x: Batch, training: bool = False) -> Tensor:
        return self.network.read_entities(x)
