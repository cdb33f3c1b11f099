"""What layers that look vectors up in a table have in common."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from nlpx.layers.masking import Tensor


class VectorTable(keras.layers.Layer):
    """A table of vectors by id, in the weight `embeddings`; subclasses say how it is used.

    Args:
        rows: number of ids.
        size: of a vector.
        pretrained: initial vectors, float `(rows, size)`. It's where training starts, not part of the config: a layer
            made from the config gets its weights by loading.
        trainable_vectors: whether training changes them.
        seed: of the draws of the subclass, by `seed_generator`.
    """

    def __init__(
        self,
        rows: int,
        size: int,
        *,
        pretrained: np.ndarray | None,
        trainable_vectors: bool,
        seed: int | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if pretrained is not None and pretrained.shape != (rows, size):
            raise ValueError(f"pretrained must be {(rows, size)}. Received: {pretrained.shape}")
        self.rows = rows
        self.size = size
        self.trainable_vectors = trainable_vectors
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds")
        self._pretrained = pretrained

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.embeddings = self.add_weight(
            name="embeddings",
            shape=(self.rows, self.size),
            initializer=self._initial_vectors,
            trainable=self.trainable_vectors,
            autocast=False,  # the few rows looked up are cast, not the whole table
        )

    @property
    def constants(self) -> list[keras.Variable]:
        """Weights that training never changes."""
        return [] if self.trainable_vectors else [self.embeddings]

    @property
    def lookup_tables(self) -> list[keras.Variable]:
        """The table, for training that moves the vectors of tokens."""
        return [self.embeddings]

    def _initial_vectors(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Where training starts."""
        raise NotImplementedError
