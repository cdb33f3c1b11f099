"""From states back to tokens: the output layer of pretraining, and a model that has it."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.bert.bert import Bert
from nlpx.layers.bert.block import ACTIVATIONS
from nlpx.layers.bert.dense import dense
from nlpx.layers.bert.norm import ConditionalNorm
from nlpx.layers.masking import Tensor


@keras.saving.register_keras_serializable("nlpx")
class TokenHead(keras.layers.Layer):
    """BERT's: `logits = norm(activation(dense(x))) E^T + bias`, where E is the table of tokens that the model reads.

    Args:
        tokens: size of the vocabulary.
        size: of the vectors in the table.
        activation: a key of `nlpx.layers.bert.block.ACTIVATIONS`.
        epsilon: of the norm.
        initializer_range: deviation of the initial weights.

    Call arguments:
        x: `(batch, asked, units)`.
        table: `(tokens, size)`.

    Returns:
        float32 `(batch, asked, tokens)`.
    """

    def __init__(
        self,
        tokens: int,
        size: int,
        *,
        activation: str = "gelu",
        epsilon: float = 1e-12,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.tokens, self.size = tokens, size
        self.activation, self.epsilon, self.initializer_range = activation, epsilon, initializer_range

    def build(self, x_shape: tuple[int | None, ...], table_shape: Any = None) -> None:
        self.dense = dense(
            "dense",
            self.size,
            x_shape[-1],
            initializer_range=self.initializer_range,
            dtype=self.dtype_policy,
        )
        self.norm = ConditionalNorm(epsilon=self.epsilon, dtype=self.dtype_policy, name="norm")
        self.norm.build((None, None, self.size))
        self.bias = self.add_weight(name="bias", shape=(self.tokens,), initializer="zeros", autocast=False)

    def call(self, x: Tensor, table: Tensor) -> Tensor:
        x = self.norm(ACTIVATIONS[self.activation](self.dense(x)))
        logits = ops.matmul(x, ops.transpose(ops.cast(table, x.dtype)))
        return ops.cast(logits, "float32") + ops.convert_to_tensor(self.bias)

    def compute_output_shape(self, x_shape: tuple[int | None, ...], *_: Any) -> tuple[int | None, ...]:
        return (*x_shape[:-1], self.tokens)

    def get_config(self) -> dict[str, Any]:
        names = ("tokens", "size", "activation", "epsilon", "initializer_range")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class TokenModel(keras.Model):
    """Guesses tokens at some positions of each text; `nlpx.training` can train it.

    Args:
        bert: the model.
        attention: who attends to whom; see `Bert`.

    Call arguments:
        batch: dict with `ids (batch, length)` int, `mask (batch, length)` bool, for unilm `segments (batch, length)`
            int; `positions` and `targets (batch, asked)` int, `weights (batch, asked)` float.

    Returns:
        Sums over each text, `(batch, 3)` float32: of weight times loss (nats), of the weights of right guesses, and of
        all weights.
    """

    def __init__(self, bert: Bert, *, attention: str = "bidirectional", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bert, self.attention = bert, attention
        given = bert.arguments
        self.head = TokenHead(
            given["tokens"],
            given["embedding_size"] or bert.units,
            **{name: given[name] for name in ("activation", "epsilon", "initializer_range")},
            dtype=bert.dtype_policy,
            name="head",
        )

    def build(self, input_shape: Any = None) -> None:
        self.bert.build((None, None))
        self.head.build((None, None, self.bert.units))

    def call(self, batch: dict[str, Tensor], training: bool = False) -> Tensor:
        targets, weights = batch["targets"], ops.cast(batch["weights"], "float32")
        logits = self.logits(batch, training)
        losses = ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)
        right = ops.cast(ops.equal(ops.cast(ops.argmax(logits, axis=-1), "int32"), targets), "float32")
        parts = ops.stack([weights * losses, weights * right, weights], axis=-1)  # (batch, asked, 3)
        return ops.sum(parts, axis=1)

    def logits(self, batch: dict[str, Tensor], training: bool = False) -> Tensor:
        """Of every token at the positions asked for `(batch, asked, tokens)`; none elsewhere, which saves much work."""
        states, _ = self.bert(
            batch["ids"],
            mask=batch["mask"],
            segments=batch.get("segments"),
            attention=self.attention,
            training=training,
        )
        last = states[-1]
        # A product rather than a gather: its gradient is cheap under XLA on a CPU.
        places = ops.one_hot(batch["positions"], ops.shape(last)[1], dtype=last.dtype)
        return self.head(ops.matmul(places, last), ops.convert_to_tensor(self.bert.embeddings.token_table))

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """Mean loss of the tokens asked for."""
        return ops.sum(y_pred[:, 0]) / ops.maximum(ops.sum(y_pred[:, 2]), 1.0)

    def loss_weight(self, batch: dict[str, Tensor]) -> Tensor:
        """What the loss is a mean over: the tokens asked for."""
        return ops.sum(batch["weights"])
