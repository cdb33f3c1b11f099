"""What the words that begin, continue and end at a character mean together."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from nlpx.layers.masking import Tensor
from nlpx.layers.vector_table import VectorTable


@keras.saving.register_keras_serializable("nlpx")
class WordSets(VectorTable):
    """The mean vectors of a character's sets of words, mapped to one (after SoftLexicon, Ma et al. 2020).

    `(batch, length, sets, words)` ids, 0 = none -> `(batch, length, units)` in (-1, 1).

    Args:
        num_words: number of ids, 0 included.
        size: of the word vectors, which are not trained.
        units: size of the result.
        dropout: share of the words left out in training, in [0, 1); each occurrence is drawn by itself.
        pretrained: the word vectors, float `(num_words, size)`. It's where training starts, not part of the config: a
            layer made from the config gets its weights by loading.
        seed: of the dropout draws.
    """

    def __init__(
        self,
        num_words: int,
        size: int,
        units: int,
        *,
        dropout: float = 0.0,
        pretrained: np.ndarray | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(num_words, size, pretrained=pretrained, trainable_vectors=False, seed=seed, **kwargs)
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must be in [0, 1). Received: {dropout}")
        self.units = units
        self.dropout = dropout

    # === Layers ===

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        super().build(input_shape)
        sets = int(input_shape[2] or 0)
        self.project = keras.layers.Dense(
            self.units, activation="tanh", dtype=self.dtype_policy, name="project"
        )
        self.project.build((None, None, sets * (self.size + 1)))

    def _initial_vectors(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        return ops.zeros(shape, dtype) if self._pretrained is None else ops.cast(self._pretrained, dtype)

    # === Graph ===

    def call(self, ids: Tensor, training: bool = False) -> Tensor:
        present = ops.cast(ids > 0, self.compute_dtype)  # (batch, length, sets, words)
        if training and self.dropout:
            draw = keras.random.uniform(ops.shape(ids), seed=self.seed_generator)
            present = present * ops.cast(draw >= self.dropout, present.dtype)
        vectors = ops.cast(ops.take(self.embeddings, ids, axis=0), self.compute_dtype)  # (..., words, size)
        count = ops.sum(present, axis=-1)[..., None]  # (batch, length, sets, 1)
        mean = ops.sum(vectors * present[..., None], axis=-2) / ops.maximum(count, 1)  # (..., sets, size)
        known = ops.cast(count > 0, mean.dtype)
        joined = ops.concatenate([mean, known], axis=-1)
        batch, length, sets, _ = ids.shape
        flat = (
            ops.shape(ids)[0] if batch is None else batch,
            ops.shape(ids)[1] if length is None else length,
        )
        return self.project(ops.reshape(joined, (*flat, sets * (self.size + 1))))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:2], self.units)

    # === Config ===

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_words": self.rows,
            "size": self.size,
            "units": self.units,
            "dropout": self.dropout,
            "seed": self.seed,
        }
