"""Vectors of stretches of a text."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.masking import VERY_LOW, Tensor


class SpanPooling(keras.layers.Layer):
    """First, last and largest state of a span, its states by attention, and what around it matters for it.

    The attention inside a span weighs its positions by a learned score; the one around it lets the span's first and
    last state ask all positions of the text (one head, scaled dot product).

    Call arguments:
        states: `(batch, length, units)`, zeros at padded positions.
        mask: `(batch, length)` bool, True at real positions.
        spans: int `(batch, spans, 2)`, half-open positions; an empty span gets some finite vector.

    Returns:
        `(batch, spans, 5 * units)`.
    """

    def build(self, states_shape: tuple[Any, ...], *_: Any, **__: Any) -> None:
        units = states_shape[-1]
        self.score = self._dense(1, "score", units)
        self.query = self._dense(units, "query", 2 * units)
        self.key = self._dense(units, "key", units)

    def _dense(self, units: int, name: str, width: int) -> keras.layers.Dense:
        layer = keras.layers.Dense(units, use_bias=False, dtype=self.dtype_policy, name=name)
        layer.build((None, None, width))
        return layer

    def call(self, states: Tensor, mask: Tensor, spans: Tensor) -> Tensor:
        length = ops.shape(states)[1]
        start, end = spans[:, :, 0], spans[:, :, 1]
        position = ops.arange(length, dtype="int32")[None, None, :]
        inside = ops.logical_and(
            position >= start[:, :, None], position < end[:, :, None]
        )  # (batch, spans, length)
        first = ops.take_along_axis(states, ops.minimum(start, length - 1)[:, :, None], axis=1)
        last = ops.take_along_axis(states, ops.maximum(end - 1, 0)[:, :, None], axis=1)
        spread = ops.where(inside[:, :, :, None], states[:, None, :, :], ops.cast(VERY_LOW, states.dtype))
        largest = ops.where(ops.any(inside, axis=2, keepdims=True), ops.max(spread, axis=2), 0.0)
        scores = ops.transpose(self.score(states), (0, 2, 1))  # (batch, 1, length)
        attended = ops.matmul(weights(scores + ops.zeros_like(position, states.dtype), inside), states)
        query = self.query(ops.concatenate([first, last], axis=-1)) * states.shape[-1] ** -0.5
        asked = ops.matmul(query, ops.transpose(self.key(states), (0, 2, 1)))  # (batch, spans, length)
        around = ops.matmul(weights(asked, mask[:, None, :]), states)
        return ops.concatenate([first, last, largest, attended, around], axis=-1)


def weights(scores: Tensor, allowed: Tensor) -> Tensor:
    """Softmax of `scores (batch, spans, length)` over allowed positions, 0 elsewhere."""
    return ops.softmax(ops.where(allowed, scores, ops.cast(VERY_LOW, scores.dtype)), axis=-1)
