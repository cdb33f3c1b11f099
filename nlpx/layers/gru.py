"""GRU from left to right."""

from __future__ import annotations

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

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        super().build(input_shape)
        self.recurrent_bias = self.add_weight(
            name="recurrent_bias", shape=(self.directions, self.units), initializer="zeros"
        )

    def sequence(self, x: Tensor, mask: Tensor) -> Tensor:
        return gru_sequence(x, self.kernel, self.recurrent_kernel, self.bias, self.recurrent_bias, mask)
