"""Dropout of whole positions."""

from __future__ import annotations

from typing import Any

import keras

from nlpx.layers.dropout import dropout
from nlpx.layers.masking import Tensor


@keras.saving.register_keras_serializable("nlpx")
class TokenDropout(keras.layers.Layer):
    """In training, drop the whole vector of a position and scale the kept ones by `1 / (1 - rate)`.

    Unlike `SpatialDropout1D`, which drops channels, this makes the network live with unknown characters.

    Args:
        rate: share of positions dropped, in [0, 1).
        seed: of the draws.
    """

    def __init__(self, rate: float, *, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be in [0, 1). Received: {rate}")
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds")
        self.supports_masking = True

    def call(self, x: Tensor, mask: Tensor | None = None, training: bool = False) -> Tensor:
        if not training or not self.rate:
            return x
        return dropout(x, self.rate, noise_shape=(None, None, 1), seed=self.seed_generator)

    def compute_mask(self, x: Tensor, mask: Tensor | None = None) -> Tensor | None:
        return mask

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
