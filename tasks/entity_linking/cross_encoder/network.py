"""The network: an encoder that reads a pair, and a score of what it makes of the mention and of the whole."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.dropout import dropout
from nlpx.layers.masking import VERY_LOW, Tensor, masked_max, masked_mean

Batch = dict[str, Any]

KINDS = 3
"""Of marks."""


class Marks(keras.layers.Layer):
    """Adds a learned vector to embedded positions by their mark; all are zero at first.

    Call arguments:
        x: `(batch, positions, size)`.
        marks: int in [0, 3) `(batch, positions)`.
    """

    def build(self, x_shape: tuple[int | None, ...], marks_shape: tuple[int | None, ...]) -> None:
        self.table = self.add_weight(
            name="table", shape=(KINDS, x_shape[-1]), initializer="zeros", autocast=False
        )

    def call(self, x: Tensor, marks: Tensor) -> Tensor:
        return x + ops.cast(ops.take(self.table, marks, axis=0), x.dtype)


class CrossEncoder(keras.Model):
    """Judges pairs of a mention and a candidate. The mention is marked, so that it is known in every layer.

    Args:
        encoder: layer from features to vectors `(batch, length, units)`; pretrained ones with a summary of the whole
            pair `(batch, units)`, in place of which others take the largest value of each unit.
        dropout: share of units dropped before the score, in training.

    Call arguments:
        x: features of the pairs, `mask (batch, length)` bool, `marks (batch, positions)` and
            `mention (batch, length)` int, see `PairReader`.

    Returns:
        Logit of each candidate, float32 `(batch,)`; that of NIL is 0.
    """

    def __init__(self, encoder: keras.layers.Layer, *, dropout: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.encoder, self.dropout = encoder, dropout
        # In mixed precision a pretrained encoder adds up its embeddings in float32, so they must not be cast here.
        self.marks = Marks(autocast=False, name="marks")
        self.score = keras.layers.Dense(1, dtype="float32", name="score")
        self.seed_generator = keras.random.SeedGenerator(name=f"{self.name}_seeds")

    def build(self, x_shape: dict[str, tuple[int | None, ...]]) -> None:
        self.encoder.build(x_shape)
        self.built = True

    # === Graph ===

    def call(self, x: Batch, training: bool = False) -> Tensor:
        mask = ops.cast(x["mask"], "bool")
        x = {**x, "mask": mask}
        marked = self.marks(self.encoder.embed(x, training), x["marks"])
        found = self.encoder.from_embedded(marked, x, training)
        states, whole = found if isinstance(found, tuple) else (found, masked_max(found, mask))
        mention = masked_mean(states, ops.cast(x["mention"], "bool"))
        pooled = ops.concatenate([mention, whole], axis=-1)
        if training and self.dropout:
            pooled = dropout(pooled, self.dropout, seed=self.seed_generator)
        return self.score(pooled)[:, 0]

    # === Training ===

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """Listwise cross-entropy over the candidates of a span and NIL, the mean over spans.

        In `x`: `lists (batch,)` int, the span of each row, -1 for rows that merely fill the batch; `right (batch,)`
        bool, whether the span means the candidate, none for NIL.
        """
        real, same = _same(x["lists"])
        right = ops.logical_and(same, ops.cast(x["right"], "bool")[None, :])
        all_ = ops.logaddexp(_log_sum(y_pred, same), ops.zeros_like(y_pred))
        mine = ops.where(ops.any(right, axis=1), _log_sum(y_pred, right), ops.zeros_like(y_pred))
        share = real / ops.maximum(ops.sum(ops.cast(same, "float32"), axis=1), 1.0)
        return ops.sum((all_ - mine) * share) / ops.maximum(ops.sum(share), 1.0)

    def loss_weight(self, x: Batch) -> Tensor:
        """Spans of a batch, over which the loss is a mean."""
        real, same = _same(x["lists"])
        return ops.sum(real / ops.maximum(ops.sum(ops.cast(same, "float32"), axis=1), 1.0))


def _same(lists: Tensor) -> tuple[Tensor, Tensor]:
    """Which rows are real, float32 `(batch,)`, and which belong to the same span, bool `(batch, batch)`."""
    real = lists >= 0
    same = ops.logical_and(ops.equal(lists[:, None], lists[None, :]), real[:, None])
    return ops.cast(real, "float32"), same


def _log_sum(logits: Tensor, where: Tensor) -> Tensor:
    """Log of the summed exponentials of the logits `(batch,)` that each row `(batch, batch)` bool points at."""
    low = ops.cast(VERY_LOW, logits.dtype)
    return ops.logsumexp(ops.where(where, logits[None, :], low), axis=1)
