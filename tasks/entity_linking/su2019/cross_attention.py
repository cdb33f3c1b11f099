"""Attention of one sequence to another."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.masking import VERY_LOW, Tensor, zero_padding


class CrossAttention(keras.layers.Layer):
    """Multi-head scaled dot-product attention without biases (Vaswani et al. 2017).

    Args:
        heads: number of heads.
        width: units of a head.

    Call arguments:
        x: `(batch, length, units)`, what looks.
        other: `(batch, other length, units)`, what is looked at.
        mask, other_mask: bool `(batch, length)` and `(batch, other length)`, True at real positions.

    Returns:
        `(batch, length, heads * width)`, zeros at padded positions.
    """

    def __init__(self, heads: int = 8, width: int = 16, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.heads, self.width = heads, width
        units = heads * width
        self.query = keras.layers.Dense(units, use_bias=False, name="query")
        self.key = keras.layers.Dense(units, use_bias=False, name="key")
        self.value = keras.layers.Dense(units, use_bias=False, name="value")

    def call(self, x: Tensor, other: Tensor, mask: Tensor, other_mask: Tensor) -> Tensor:
        query = self._split(self.query(x)) * self.width**-0.5  # (batch, heads, length, width)
        key, value = self._split(self.key(other)), self._split(self.value(other))
        scores = ops.matmul(query, ops.transpose(key, (0, 1, 3, 2)))  # (batch, heads, length, other length)
        scores = ops.where(other_mask[:, None, None, :], scores, ops.full_like(scores, VERY_LOW))
        seen = ops.transpose(ops.matmul(ops.softmax(scores, axis=-1), value), (0, 2, 1, 3))
        return zero_padding(ops.reshape(seen, (*ops.shape(x)[:2], self.heads * self.width)), mask)

    def _split(self, x: Tensor) -> Tensor:
        batch, length = ops.shape(x)[:2]
        return ops.transpose(ops.reshape(x, (batch, length, self.heads, self.width)), (0, 2, 1, 3))
