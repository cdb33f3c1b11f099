"""GRU from left to right."""

from __future__ import annotations

from typing import Any

import keras

from nlpx.layers.gru_math import gru_sequence
from nlpx.layers.masking import Tensor
from nlpx.layers.recurrent import Recurrent


@keras.saving.register_keras_serializable("nlpx")
class GRU(Recurrent):
    """Gated recurrent unit, left to right: `(batch, length, input units)` -> `(batch, length, units)`.

    Arguments and masks as in `Recurrent`.
    """

    gates = 3
    directions = 1

    def build(self, input_shape: tuple[Any, ...]) -> None:
        super().build(input_shape)
        self.recurrent_bias = self.add_weight(
            name="recurrent_bias", shape=(self.directions, self.units), initializer="zeros", autocast=False
        )

    def weights_of_loop(self) -> list[keras.Variable]:
        return [*super().weights_of_loop(), self.recurrent_bias]

    def sequence(self, x: Tensor, weights: list[keras.Variable], mask: Tensor, training: bool) -> Tensor:
        kernel, recurrent, bias, recurrent_bias = weights
        if not self.runs_on_xla(x):
            return gru_sequence(x, kernel, recurrent, bias, recurrent_bias, mask)
        from nlpx.layers import gru_xla

        return gru_xla.gru_sequence(x, kernel, recurrent, bias, recurrent_bias, mask, training)
