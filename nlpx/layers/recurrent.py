"""What the four recurrent layers share: one input matrix product for all steps and directions, then a loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import keras
from keras import ops

from nlpx.layers.dropout import dropout
from nlpx.layers.masking import Tensor, full_mask


class Recurrent(keras.layers.Layer):
    """Base of LSTM, GRU and their bidirectional forms.

    Padded positions are skipped wherever they stand: the state passes them unchanged and their output is zero.
    A bidirectional layer concatenates the forward and the backward state of each position.

    Args:
        units: size of the state of one direction, > 0.
        dropout: share of input channels dropped in training, in [0, 1); one draw holds for all positions of a
            text (variational dropout, Gal and Ghahramani 2016).
        seed: of the dropout draws.

    Call arguments:
        x: `(batch, length, input units)`.
        mask: `(batch, length)` bool, True at real positions; None when all are real.

    Returns:
        `(batch, length, directions * units)`.
    """

    gates: ClassVar[int]
    directions: ClassVar[int]

    def __init__(self, units: int, *, dropout: float = 0.0, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if units <= 0:
            raise ValueError(f"units must be positive. Received: {units}")
        self.units = units
        self.dropout = dropout
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds")
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        width = self.gates * self.units
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.directions, input_shape[-1], width),
            initializer=per_direction(keras.initializers.GlorotUniform),
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.directions, self.units, width),
            initializer=per_direction(keras.initializers.Orthogonal),
        )
        self.bias = self.add_weight(
            name="bias", shape=(self.directions, width), initializer=self.initial_bias
        )

    def initial_bias(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """The bias `(directions, gates * units)` before training."""
        return ops.zeros(shape, dtype=dtype)

    def call(self, x: Tensor, mask: Tensor | None = None, training: bool = False) -> Tensor:
        if training and self.dropout:
            x = dropout(x, self.dropout, noise_shape=(None, 1, None), seed=self.seed_generator)
        mask = full_mask(x) if mask is None else ops.cast(mask, "bool")
        return self.sequence(x, mask)

    def sequence(self, x: Tensor, mask: Tensor) -> Tensor:
        """All states `(batch, length, directions * units)`, zeros at padded positions."""
        raise NotImplementedError

    def compute_mask(self, x: Tensor, mask: Tensor | None = None) -> Tensor | None:
        return mask

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.directions * self.units)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units, "dropout": self.dropout, "seed": self.seed}


def per_direction(initializer: Callable[[], keras.Initializer]) -> Callable[..., Tensor]:
    """Draw each direction's matrix by itself, so that its fan-in and orthogonality are those of one direction."""

    def draw(shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        return ops.stack([initializer()(shape[1:], dtype=dtype) for _ in range(shape[0])])

    return draw
