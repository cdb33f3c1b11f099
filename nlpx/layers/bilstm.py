"""LSTM in both directions."""

from __future__ import annotations

import keras

from nlpx.layers.lstm import LSTM


@keras.saving.register_keras_serializable("nlpx")
class BiLSTM(LSTM):
    """Bidirectional long short-term memory: `(batch, length, input units)` -> `(batch, length, 2 * units)`.

    Arguments and masks as in `Recurrent`.
    """

    directions = 2
