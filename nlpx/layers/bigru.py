"""GRU in both directions."""

from __future__ import annotations

import keras

from nlpx.layers.gru import GRU


@keras.saving.register_keras_serializable("nlpx")
class BiGRU(GRU):
    """Bidirectional gated recurrent unit: `(batch, length, input units)` -> `(batch, length, 2 * units)`.

    Arguments and masks as in `Recurrent`.
    """

    directions = 2
