"""Layer normalisation that may depend on a condition."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.masking import Tensor


@keras.saving.register_keras_serializable("nlpx")
class ConditionalNorm(keras.layers.Layer):
    """`gamma * (x - mean) / sqrt(variance + epsilon) + beta` over the last axis, computed in float32.

    With a condition, gamma and beta each get a linear map of it added, which starts at zero: a pretrained model is
    unchanged at first (conditional layer normalisation, Su 2020, kexue.fm/archives/7124).

    Args:
        epsilon: added to the variance.
        condition: size of the condition; None for plain layer normalisation.

    Call arguments:
        x: `(batch, length, units)`.
        condition: `(batch, condition)`; wanted where the layer has one.
    """

    def __init__(self, *, epsilon: float = 1e-12, condition: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.condition = condition

    # === Layers ===

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        units = input_shape[-1]
        self.gamma = self.add_weight(name="gamma", shape=(units,), initializer="ones", autocast=False)
        self.beta = self.add_weight(name="beta", shape=(units,), initializer="zeros", autocast=False)
        if self.condition is not None:
            shape = (self.condition, units)
            self.to_gamma = self.add_weight(name="to_gamma", shape=shape, initializer="zeros", autocast=False)
            self.to_beta = self.add_weight(name="to_beta", shape=shape, initializer="zeros", autocast=False)

    # === Graph ===

    def call(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        gamma, beta = ops.convert_to_tensor(self.gamma), ops.convert_to_tensor(self.beta)
        if self.condition is not None:
            if condition is None:
                raise ValueError(f"{self.name} wants a condition (batch, {self.condition}). Received: None")
            given = ops.cast(condition, "float32")[:, None, :]  # (batch, 1, condition)
            gamma = gamma + ops.matmul(given, self.to_gamma)
            beta = beta + ops.matmul(given, self.to_beta)
        if self.condition is None and keras.backend.backend() == "tensorflow":
            from nlpx.layers.bert.elementwise_tf import layer_norm

            return layer_norm(x, gamma, beta, self.epsilon)
        wide = ops.cast(x, "float32")
        centred = wide - ops.mean(wide, axis=-1, keepdims=True)
        variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
        return ops.cast(centred * ops.rsqrt(variance + self.epsilon) * gamma + beta, x.dtype)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    # === Config ===

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "epsilon": self.epsilon, "condition": self.condition}
