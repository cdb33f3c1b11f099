"""Transformer block with layer normalisation before each part (pre-LN; Xiong et al. 2020)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.block import Block
from nlpx.layers.masking import VERY_LOW, Tensor, zero_padding
from nlpx.layers.rotary import rotate


@keras.saving.register_keras_serializable("nlpx")
class TransformerBlock(Block):
    """`x += attention(norm(x))`, then `x += feed_forward(norm(x))`; units stay as they are.

    A stack of blocks ends unnormalised: put one `LayerNormalization` after the last.

    Args:
        heads: attention heads; units must be a multiple of `2 * heads`.
        feed_forward: size of the hidden layer as a multiple of units, > 0.
        positions: `rotary` turns queries and keys by their position; `none` leaves the block blind to order.
        dropout: of each part's output in training, in [0, 1).
        seed: of the dropout draws.

    Call arguments:
        x: `(batch, length, units)`.
        mask: `(batch, length)` bool, True at real positions; None when all are real.

    Returns:
        `(batch, length, units)`, zeros at padded positions.
    """

    def __init__(
        self, *, heads: int = 4, feed_forward: int = 4, positions: str = "rotary", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if positions not in ("rotary", "none"):
            raise ValueError(f"positions must be 'rotary' or 'none'. Received: {positions!r}")
        self.heads = heads
        self.feed_forward = feed_forward
        self.positions = positions

    # === Layers ===

    def build(self, input_shape: tuple[Any, ...]) -> None:
        units = input_shape[-1]
        if units % (2 * self.heads):
            raise ValueError(f"units must be a multiple of 2 * heads = {2 * self.heads}. Received: {units}")
        hidden = self.feed_forward * units
        self.attention_norm = self._part(
            keras.layers.LayerNormalization, "attention_norm", units, epsilon=1e-5
        )
        self.query_key_value = self._part(keras.layers.Dense, "query_key_value", units, units=3 * units)
        self.attention_output = self._part(keras.layers.Dense, "attention_output", units, units=units)
        self.norm = self._part(keras.layers.LayerNormalization, "norm", units, epsilon=1e-5)
        self.hidden = self._part(keras.layers.Dense, "hidden", units, units=hidden, activation="gelu")
        self.output_ = self._part(keras.layers.Dense, "output", hidden, units=units)

    def _part(
        self, layer: type[keras.layers.Layer], name: str, width: int, **arguments: Any
    ) -> keras.layers.Layer:
        part = layer(name=name, dtype=self.dtype_policy, **arguments)
        part.build((None, None, width))
        return part

    # === Graph ===

    def call(self, x: Tensor, mask: Tensor | None = None, training: bool = False) -> Tensor:
        x = zero_padding(x, mask)
        x = x + self.drop(self.attend(self.attention_norm(x), mask), training)
        x = x + self.drop(self.output_(self.hidden(self.norm(x))), training)
        return zero_padding(x, mask)

    def attend(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """Multi-head scaled dot-product attention of `x (batch, length, units)` to itself."""
        batch, length = ops.shape(x)[:2]
        width = x.shape[-1] // self.heads
        parts = ops.split(self.query_key_value(x), 3, axis=-1)
        query, key, value = (ops.reshape(part, (batch, length, self.heads, width)) for part in parts)
        if self.positions == "rotary":
            query, key = rotate(query), rotate(key)
        query = ops.transpose(query * width**-0.5, (0, 2, 1, 3))  # (batch, heads, length, width)
        scores = ops.matmul(
            query, ops.transpose(key, (0, 2, 3, 1))
        )  # (batch, heads, query length, key length)
        if mask is not None:
            scores = ops.where(mask[:, None, None, :], scores, ops.full_like(scores, VERY_LOW))
        seen = ops.matmul(ops.softmax(scores, axis=-1), ops.transpose(value, (0, 2, 1, 3)))
        return self.attention_output(ops.reshape(ops.transpose(seen, (0, 2, 1, 3)), ops.shape(x)))

    # === Config ===

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "heads": self.heads,
            "feed_forward": self.feed_forward,
            "positions": self.positions,
        }
