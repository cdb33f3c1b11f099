"""Blocks one after another, all under the same mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from nlpx.layers.dropout import dropout
from nlpx.layers.masking import Tensor, zero_padding
from nlpx.layers.parts import part_config, part_from_config


@keras.saving.register_keras_serializable("nlpx")
class Stack(keras.layers.Layer):
    """Run blocks in order: `(batch, length, input units)` -> `(batch, length, units of the last block)`.

    Args:
        blocks: layers called with `(x, mask=..., training=...)`, at least one, with distinct names.
        projection: units of a linear map before the first block, for blocks that keep their units; None for
            no map.
        dropout: after each block, or after the last only where `residual`; in [0, 1).
        residual: the blocks add to their input and drop inside.
        norm: normalise the output (after pre-LN transformer blocks).
        seed: of the dropout draws.

    Call arguments:
        x: `(batch, length, input units)`.
        mask: `(batch, length)` bool, True at real positions; None when all are real.

    Returns:
        `(batch, length, units)`, zeros at padded positions.
    """

    def __init__(
        self,
        blocks: Sequence[keras.layers.Layer],
        *,
        projection: int | None = None,
        dropout: float = 0.0,
        residual: bool = False,
        norm: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.blocks = list(blocks)
        self.projection = projection
        self.dropout = dropout
        self.residual = residual
        self.norm = norm
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{self.name}_seeds")
        self.supports_masking = True

    # === Layers ===

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        shape = tuple(input_shape)
        if self.projection is not None:
            self.project = keras.layers.Dense(self.projection, dtype=self.dtype_policy, name="project")
            self.project.build(shape)
            shape = (*shape[:-1], self.projection)
        for block in self.blocks:
            block.build(shape)
            shape = block.compute_output_shape(shape)
        if self.norm:
            self.output_norm = keras.layers.LayerNormalization(
                epsilon=1e-5, dtype=self.dtype_policy, name="output_norm"
            )
            self.output_norm.build(shape)

    # === Graph ===

    def call(self, x: Tensor, mask: Tensor | None = None, training: bool = False) -> Tensor:
        if self.projection is not None:
            x = self.project(x)
        for block in self.blocks:
            x = block(x, mask=mask, training=training)
            if not self.residual:
                x = self._drop(x, training)
        if self.norm:
            x = zero_padding(self.output_norm(x), mask)
        return self._drop(x, training) if self.residual else x

    def _drop(self, x: Tensor, training: bool) -> Tensor:
        if not training or not self.dropout:
            return x
        return dropout(x, self.dropout, seed=self.seed_generator)

    def compute_mask(self, x: Tensor, mask: Tensor | None = None) -> Tensor | None:
        return mask

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        shape = tuple(input_shape)
        if self.projection is not None:
            shape = (*shape[:-1], self.projection)
        for block in self.blocks:
            shape = tuple(block.compute_output_shape(shape))
        return shape

    # === Config ===

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "blocks": [part_config(block) for block in self.blocks],
            "projection": self.projection,
            "dropout": self.dropout,
            "residual": self.residual,
            "norm": self.norm,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Stack:
        blocks = [part_from_config(block) for block in config["blocks"]]
        return cls(**{**config, "blocks": blocks})
