"""What the blocks of a stack share: they keep the shape, pass the mask on, and drop with a seed of their own."""

from __future__ import annotations

from typing import Any

import keras

from nlpx.layers.dropout import dropout
from nlpx.layers.masking import Tensor


class Block(keras.layers.Layer):
    """A layer from `(batch, length, units)` to the same shape.

    Args:
        dropout: share dropped in training, in [0, 1).
        seed: of the dropout draws.
    """

    def __init__(self, *, dropout: float = 0.0, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must be in [0, 1). Received: {dropout}")
        self.dropout = dropout
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds")
        self.supports_masking = True

    def drop(self, x: Tensor, training: bool, *, noise_shape: tuple[int | None, ...] | None = None) -> Tensor:
        """x with dropout in training; see `nlpx.layers.dropout` for the shape of the noise."""
        if not training or not self.dropout:
            return x
        return dropout(x, self.dropout, noise_shape=noise_shape, seed=self.seed_generator)

    def compute_mask(self, x: Tensor, mask: Tensor | None = None) -> Tensor | None:
        return mask

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dropout": self.dropout, "seed": self.seed}
