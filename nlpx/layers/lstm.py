"""LSTM from left to right."""

from __future__ import annotations

import keras
from keras import ops

from nlpx.layers.lstm_math import lstm_sequence
from nlpx.layers.masking import Tensor
from nlpx.layers.recurrent import Recurrent


@keras.saving.register_keras_serializable("nlpx")
class LSTM(Recurrent):
    """Long short-term memory, left to right: `(batch, length, input units)` -> `(batch, length, units)`.

    Arguments and masks as in `Recurrent`.
    """

    gates = 4
    directions = 1

    def initial_bias(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        # The forget gate starts open (Jozefowicz et al. 2015).
        zeros, ones = ops.zeros((shape[0], self.units), dtype), ops.ones((shape[0], self.units), dtype)
        return ops.concatenate([zeros, ones, zeros, zeros], axis=-1)

    def sequence(self, x: Tensor, weights: list[keras.Variable], mask: Tensor, training: bool) -> Tensor:
        kernel, recurrent, bias = weights
        if not self.runs_on_xla(x):
            return lstm_sequence(x, kernel, recurrent, bias, mask)
        from nlpx.layers import lstm_xla

        return lstm_xla.lstm_sequence(x, kernel, recurrent, bias, mask, training)
