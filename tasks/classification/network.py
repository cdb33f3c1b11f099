"""The Keras model of a classifier: shared encoder, pooling, classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from nlpx.encoders.base import Summary
from nlpx.layers.attention_pooling import AttentionPooling
from nlpx.layers.bottleneck import Bottleneck
from nlpx.layers.class_losses import cross_entropy, multi_label
from nlpx.layers.divergence import bernoulli, categorical
from nlpx.layers.dropout import dropout
from nlpx.layers.masking import mean_of_real
from nlpx.layers.pooling import Pooling
from nlpx.tasks.classification.config_head import HeadConfig, LossConfig

CLS = "cls"
"""The pooling that a pretrained encoder does itself."""

PAIR = "pair_"
"""In front of the names of the second text's features; its mask is `pair_mask`."""


class Classifier(keras.Model):
    """Encoder vectors to one score per class.

    The two texts u, v of a pair go through the same encoder and pooling, and are joined as [u, v, |u - v|, u v]
    (Conneau et al. 2017).

    Args:
        encoder: layer from features `(batch, length, ...)` to vectors `(batch, length, units)`; where cls is a pooling,
            one made with the `summary` that `summary_of` says.
        num_labels: number of classes.
        directions: 2 for an encoder whose second half of the units reads from right to left.
        class_weights: weight of each class in the loss `(labels,)`; None for equal ones.
        several: a text may have any number of classes.

    Call arguments:
        x: dict of features, with `mask (batch, length)` bool and, in training, `targets (batch, labels)` of 0 and 1.

    Returns:
        logits, float32 `(batch, labels)`; in training with a bottleneck also its divergence `(batch,)`.
    """

    def __init__(
        self,
        encoder: keras.layers.Layer,
        num_labels: int,
        head: HeadConfig,
        loss: LossConfig,
        *,
        directions: int = 1,
        class_weights: np.ndarray | None = None,
        several: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.encoder = encoder
        self.head, self.loss_config, self.several = head, loss, several
        self.class_weights = class_weights
        self.poolings = make_poolings([kind for kind in head.pooling if kind != CLS], directions)
        self.hidden = (
            keras.layers.Dense(head.hidden, activation="relu", name="hidden") if head.hidden else None
        )
        self.bottleneck = Bottleneck(head.bottleneck, name="bottleneck") if head.bottleneck else None
        self.classes = keras.layers.Dense(num_labels, dtype="float32", name="classes")
        self.seed_generator = keras.random.SeedGenerator(name=f"{self.name}_seeds")

    # === Graph ===

    def call(self, x: dict[str, Any], training: bool | None = None) -> Any:
        return self.decide(self.pool(x, training), training)

    def decide(self, pooled: Any, training: bool | None = None) -> Any:
        """What `call` returns, from the vectors of `pool (batch, pooled units)`."""
        pooled = self._drop(pooled, training)
        if self.hidden is not None:
            pooled = self._drop(self.hidden(pooled), training)
        divergence = None
        if self.bottleneck is not None:
            pooled, divergence = self.bottleneck(pooled, training=training)
        logits = self.classes(pooled)
        return (logits, divergence) if training and divergence is not None else logits

    def pool(self, x: dict[str, Any], training: bool | None = None) -> Any:
        """One vector per text, or per pair of texts, before dropout."""
        vectors, summary = self._read(x, training)
        return self.pool_vectors(vectors, x, training, summary)

    def _read(self, x: dict[str, Any], training: bool | None) -> tuple[Any, Any]:
        """Vectors of a text `(batch, length, units)`, and of it as a whole `(batch, units)` if the encoder has one."""
        found = self.encoder(x | {"mask": ops.cast(x["mask"], "bool")}, training=training)
        return found if CLS in self.head.pooling else (found, None)

    def pool_vectors(
        self, vectors: Any, x: dict[str, Any], training: bool | None = None, summary: Any = None
    ) -> Any:
        """The same from the encoder's vectors of the first text, `(batch, length, units)`."""
        first = self._pool_one(vectors, ops.cast(x["mask"], "bool"), summary)
        if f"{PAIR}mask" not in x:
            return first
        pair = {name.removeprefix(PAIR): x[name] for name in x if name.startswith(PAIR)}
        vectors, summary = self._read(pair, training)
        second = self._pool_one(vectors, ops.cast(pair["mask"], "bool"), summary)
        return ops.concatenate([first, second, ops.abs(first - second), first * second], axis=-1)

    def _pool_one(self, vectors: Any, mask: Any, summary: Any) -> Any:
        pooled = [pooling(vectors, mask=mask) for pooling in self.poolings]
        return ops.concatenate(pooled if summary is None else [*pooled, summary], axis=-1)

    def _drop(self, x: Any, training: bool | None) -> Any:
        rate = self.head.dropout
        return dropout(x, rate, seed=self.seed_generator) if training and rate else x

    # === Loss ===

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Mean over the texts that are real; rows filled up to a static shape weigh nothing."""
        logits, divergence = y_pred if isinstance(y_pred, tuple) else (y_pred, None)
        losses = self.losses_of(logits, x["targets"])  # (batch,)
        if divergence is not None:
            losses = losses + self.head.bottleneck_weight * divergence
        return mean_of_real(losses, x["mask"])

    def divergence(self, outputs: Any, others: Any, x: Any) -> Any:
        """KL of what two passes predict, its mean over the real texts; of several classes that of each, added up."""
        logits, other = (each[0] if isinstance(each, tuple) else each for each in (outputs, others))
        each = ops.sum(bernoulli(logits, other), axis=-1) if self.several else categorical(logits, other)
        return mean_of_real(each, x["mask"])

    def losses_of(self, logits: Any, targets: Any) -> Any:
        """The loss of each text `(batch,)`."""
        if self.several:
            return multi_label(logits, targets)
        config = self.loss_config
        return cross_entropy(
            logits, targets, smoothing=config.smoothing, focus=config.focus, weights=self.class_weights
        )


def summary_of(pooling: Sequence[str]) -> Summary:
    """What a head with these poolings wants of its encoder, see `nlpx.encoders.encoder.Encoder.network`."""
    if CLS not in pooling:
        return "no"
    return "too" if any(kind != CLS for kind in pooling) else "only"


def make_poolings(kinds: Sequence[str], directions: int) -> list[keras.layers.Layer]:
    """A layer per kind, named after it."""
    return [
        AttentionPooling(name="pooling_attention")
        if kind == "attention"
        else Pooling(kind, directions=directions, name=f"pooling_{kind}")
        for kind in kinds
    ]
