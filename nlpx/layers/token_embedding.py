"""Vectors of token ids: learned or pretrained, with unknown tokens simulated in training."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from nlpx.layers.dropout import dropout
from nlpx.layers.masking import Tensor
from nlpx.layers.vector_table import VectorTable

UNKNOWN = 1


@keras.saving.register_keras_serializable("nlpx")
class TokenEmbedding(VectorTable):
    """Look up a vector per id: `(batch, length)` int -> `(batch, length, units)`.

    Args:
        num_tokens: number of ids, padding (0) and unknown (1) included.
        size: of the vectors looked up.
        projection: units of a linear map of the looked-up vectors; None to leave them as they are.
        unknown_rate: share of known ids that become 1 in training, in [0, 1), so that the unknown vector is
            learned.
        pretrained: initial vectors, float `(num_tokens, size)`; rows with NaN are drawn at random. It's where
            training starts, not part of the config: a layer made from the config gets its weights by loading.
        trainable_vectors: whether the vectors are trained; a projection always is.
        seed: of the draws of unknown ids.

    Returns:
        `(batch, length, projection or size)`.
    """

    def __init__(
        self,
        num_tokens: int,
        size: int,
        *,
        projection: int | None = None,
        unknown_rate: float = 0.0,
        pretrained: np.ndarray | None = None,
        trainable_vectors: bool = True,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            num_tokens, size, pretrained=pretrained, trainable_vectors=trainable_vectors, seed=seed, **kwargs
        )
        if not 0 <= unknown_rate < 1:
            raise ValueError(f"unknown_rate must be in [0, 1). Received: {unknown_rate}")
        self.projection = projection
        self.unknown_rate = unknown_rate

    # === Layers ===

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        super().build(input_shape)
        if self.projection is not None:
            self.project = keras.layers.Dense(
                self.projection, use_bias=False, dtype=self.dtype_policy, name="project"
            )
            self.project.build((None, None, self.size))

    def _initial_vectors(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Pretrained rows, others normal with their deviation; of length about 1 where none is pretrained."""
        given = np.full(shape, np.nan) if self._pretrained is None else self._pretrained
        known = np.isfinite(given).all(axis=1, keepdims=True)
        if not known.any():
            return keras.initializers.RandomNormal(stddev=self.size**-0.5)(shape, dtype)
        vectors = np.where(known, given, 0)
        drawn = keras.initializers.RandomNormal(stddev=float(vectors[known[:, 0]].std()))(shape, dtype)
        return ops.where(known, ops.cast(vectors, dtype), drawn)

    # === Graph ===

    def call(self, ids: Tensor, training: bool = False) -> Tensor:
        if training and self.unknown_rate:
            kept = dropout(ops.ones(ops.shape(ids)), self.unknown_rate, seed=self.seed_generator) > 0
            ids = ops.where(ops.logical_or(kept, ids < UNKNOWN), ids, UNKNOWN)
        vectors = ops.cast(ops.take(self.embeddings, ids, axis=0), self.compute_dtype)
        return vectors if self.projection is None else self.project(vectors)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape, self.projection or self.size)

    # === Config ===

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_tokens": self.rows,
            "size": self.size,
            "projection": self.projection,
            "unknown_rate": self.unknown_rate,
            "trainable_vectors": self.trainable_vectors,
            "seed": self.seed,
        }
