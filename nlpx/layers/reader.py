"""A stack of an encoder as a part of a larger network."""

from __future__ import annotations

from typing import Any

import keras

from nlpx.layers.masking import Tensor, zero_padding


class Reader(keras.layers.Layer):
    """A stack under a name of its own: `(batch, length, any)` -> `(batch, length, units)`, zeros at padded positions.

    Stacks of one encoder are all called the same, so a network with several needs it. The result carries no Keras
    mask: what comes next often takes two sequences with a mask each, and is handed both.
    """

    def __init__(self, stack: keras.layers.Layer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stack = stack
        self.supports_masking = True

    def call(self, x: Tensor, mask: Tensor, training: bool = False) -> Tensor:
        return zero_padding(self.stack(x, mask=mask, training=training), mask)

    def compute_mask(self, x: Tensor, mask: Tensor | None = None) -> None:
        """None."""
        return
