"""One vector per text: a mean over its positions, weighted by what each of them holds."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.masking import VERY_LOW, Tensor, full_mask, zero_padding


@keras.saving.register_keras_serializable("nlpx")
class AttentionPooling(keras.layers.Layer):
    """`(batch, length, units)` -> `(batch, units)` with weights softmax_t(v · tanh(W x_t + b)) (Yang et al. 2016).

    Args:
        hidden: rows of W.

    Call arguments:
        x: `(batch, length, units)`.
        mask: `(batch, length)` bool, True at real positions; None when all are real. A row without any gives zeros.
    """

    def __init__(self, hidden: int = 64, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hidden = hidden
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.look = keras.layers.Dense(self.hidden, activation="tanh", dtype=self.dtype_policy, name="look")
        self.look.build(input_shape)
        self.score = keras.layers.Dense(1, use_bias=False, dtype=self.dtype_policy, name="score")
        self.score.build((*input_shape[:-1], self.hidden))

    def call(self, x: Tensor, mask: Tensor | None = None, training: bool = False) -> Tensor:
        mask = full_mask(x) if mask is None else ops.cast(mask, "bool")
        x = zero_padding(x, mask)
        return ops.sum(x * ops.cast(self.weigh(x, mask), x.dtype)[..., None], axis=1)

    def weigh(self, x: Tensor, mask: Tensor) -> Tensor:
        """The weight of each position `(batch, length)`, float32; they sum to 1, or to 0 in an empty row."""
        scores = ops.cast(self.score(self.look(x))[..., 0], "float32")
        scores = ops.where(mask, scores, VERY_LOW)
        raised = ops.exp(scores - ops.max(scores, axis=1, keepdims=True)) * ops.cast(mask, "float32")
        return raised / ops.maximum(ops.sum(raised, axis=1, keepdims=True), 1e-9)

    def compute_mask(self, x: Tensor, mask: Tensor | None = None) -> None:
        return None

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape[0], input_shape[-1]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "hidden": self.hidden}
