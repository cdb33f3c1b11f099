"""Several ids per position as one vector."""

from __future__ import annotations

import keras
from keras import ops

from nlpx.layers.masking import Tensor
from nlpx.layers.token_embedding import TokenEmbedding


@keras.saving.register_keras_serializable("nlpx")
class PartsEmbedding(TokenEmbedding):
    """The vectors of a position's ids one after another: `(batch, length, parts)` -> `(batch, length, parts * size)`.

    Args, as far as they make sense here, as in `TokenEmbedding`.
    """

    def call(self, ids: Tensor, training: bool = False) -> Tensor:
        vectors = super().call(ids, training=training)  # (batch, length, parts, size)
        batch, length, parts = ids.shape
        rows = ops.shape(ids)[0] if batch is None else batch
        columns = ops.shape(ids)[1] if length is None else length
        return ops.reshape(vectors, (rows, columns, parts * self.size))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:2], (input_shape[2] or 0) * self.size)
