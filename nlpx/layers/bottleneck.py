"""Variational information bottleneck: a vector that may carry only as much as the loss pays for (Alemi et al. 2016)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.masking import Tensor

LOG_VARIANCE = 8.0
"""The log-variance is kept within plus and minus this; unbounded it overflows."""


@keras.saving.register_keras_serializable("nlpx")
class Bottleneck(keras.layers.Layer):
    """z = μ + σ ε in training, z = μ otherwise; μ and log σ² are linear maps of the input.

    Args:
        units: size of z.
        seed: of the draws of ε.

    Call arguments:
        x: `(batch, input units)`.

    Returns:
        z `(batch, units)` and the divergence from a standard normal `(batch,)`,
        KL = -½ Σ (1 + log σ² - μ² - σ²) >= 0, to be added to the loss with a weight.
    """

    def __init__(self, units: int = 128, *, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.mean = keras.layers.Dense(self.units, dtype="float32", name="mean")
        self.log_variance = keras.layers.Dense(self.units, dtype="float32", name="log_variance")
        self.mean.build(input_shape)
        self.log_variance.build(input_shape)

    def call(self, x: Tensor, training: bool = False) -> tuple[Tensor, Tensor]:
        mean = self.mean(x)
        log_variance = ops.clip(self.log_variance(x), -LOG_VARIANCE, LOG_VARIANCE)
        divergence = -0.5 * ops.sum(1 + log_variance - mean**2 - ops.exp(log_variance), axis=-1)
        if not training:
            return mean, divergence
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise, divergence

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[Any, Any]:
        return (input_shape[0], self.units), (input_shape[0],)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units, "seed": self.seed}
