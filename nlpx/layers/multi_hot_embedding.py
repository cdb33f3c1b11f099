"""One vector per position for a set of properties."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.masking import Tensor


@keras.saving.register_keras_serializable("nlpx")
class MultiHotEmbedding(keras.layers.Layer):
    """Sum of a learned vector per property that holds: `(batch, length, properties)` 0/1 -> `(batch, length,
    units)`.

    Args:
        units: size of the vectors, > 0.
    """

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.embeddings = self.add_weight(
            name="embeddings",
            shape=(input_shape[-1], self.units),
            initializer=keras.initializers.RandomNormal(stddev=self.units**-0.5),
        )

    def call(self, properties: Tensor, training: bool = False) -> Tensor:
        return ops.matmul(ops.cast(properties, self.compute_dtype), self.embeddings)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}
