"""Multi-head attention, of a sequence to itself or to another one."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.bert.dense import dense
from nlpx.layers.bert.positions import distance_vectors, rotate_pairs
from nlpx.layers.dropout import dropout
from nlpx.layers.masking import VERY_LOW, Tensor


@keras.saving.register_keras_serializable("nlpx")
class Attention(keras.layers.Layer):
    """`softmax(Q K^T / sqrt(width) + bias) V` per head, and a linear map of all heads.

    The softmax is taken in float32 whatever the policy. In inference the backend's own attention is used, which on a
    GPU is a fused kernel.

    Args:
        heads: number of heads; units must be a multiple.
        dropout: share of attention weights dropped in training, in [0, 1).
        rotary: turn queries and keys by their position (RoFormer).
        furthest: distance from which on NEZHA's vectors of distances stay the same; None for a model without them.
        scale: multiply the scores by `width ** -0.5`; T5 does not.
        initializer_range: deviation of the initial weights.

    Call arguments:
        x: `(batch, query, units)`.
        allowed: bool, broadcastable to `(batch, query, key)`; None where all may attend to all.
        memory: `(batch, key, units)` of another sequence; None for x itself.
        bias: float, broadcastable to `(batch, heads, query, key)`, added to the scores.
        seed: of the dropped weights; wanted in training with dropout.

    Returns:
        `(batch, query, units)`.
    """

    def __init__(
        self,
        heads: int,
        *,
        dropout: float = 0.0,
        rotary: bool = False,
        furthest: int | None = None,
        scale: bool = True,
        initializer_range: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.heads = heads
        self.dropout = dropout
        self.rotary = rotary
        self.furthest = furthest
        self.scale = scale
        self.initializer_range = initializer_range

    # === Layers ===

    def build(
        self, x_shape: tuple[int | None, ...], memory_shape: tuple[int | None, ...] | None = None
    ) -> None:
        units = x_shape[-1]
        if units is None or units % self.heads:
            raise ValueError(f"units must be a multiple of heads = {self.heads}. Received: {units}")
        self.width = units // self.heads
        width = (memory_shape or x_shape)[-1]
        options: Any = {"initializer_range": self.initializer_range, "dtype": self.dtype_policy}
        self.query = dense("query", units, units, **options)
        self.key = dense("key", units, width, **options)
        self.value = dense("value", units, width, **options)
        self.output_ = dense("output", units, units, **options)

    # === Graph ===

    def call(
        self,
        x: Tensor,
        allowed: Tensor | None = None,
        memory: Tensor | None = None,
        bias: Tensor | None = None,
        seed: keras.random.SeedGenerator | None = None,
        training: bool = False,
    ) -> Tensor:
        memory = x if memory is None else memory
        query, key, value = (
            self._heads(self.query(x)),
            self._heads(self.key(memory)),
            self._heads(self.value(memory)),
        )
        if self.rotary:
            query, key = rotate_pairs(query), rotate_pairs(key)
        drops = bool(training and self.dropout)
        if self._fused and not drops and self.furthest is None:
            seen = self._attend_fused(query, key, value, allowed, bias)
        else:
            seen = self._attend(query, key, value, allowed, bias, seed if drops else None)
        return self.output_(ops.reshape(seen, ops.shape(x)))

    def _heads(self, x: Tensor) -> Tensor:
        batch, length = ops.shape(x)[:2]
        return ops.reshape(x, (batch, length, self.heads, self.width))

    @property
    def _fused(self) -> bool:
        return keras.backend.backend() != "tensorflow"  # which has no kernel of its own for it

    def _attend_fused(
        self, query: Tensor, key: Tensor, value: Tensor, allowed: Tensor | None, bias: Tensor | None
    ) -> Tensor:
        mask = None if allowed is None else _all_heads(allowed)
        if mask is not None:
            size = (ops.shape(query)[0], 1, ops.shape(query)[1], ops.shape(key)[1])
            mask = ops.broadcast_to(mask, size)
        scale = self.width**-0.5 if self.scale else 1.0
        return ops.dot_product_attention(query, key, value, bias=bias, mask=mask, scale=scale)

    def _attend(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        allowed: Tensor | None,
        bias: Tensor | None,
        seed: keras.random.SeedGenerator | None,
    ) -> Tensor:
        """All in `(batch, length, heads, width)`."""
        if self.scale:
            query = query * self.width**-0.5
        query, value = (ops.transpose(part, (0, 2, 1, 3)) for part in (query, value))
        scores = ops.matmul(query, ops.transpose(key, (0, 2, 3, 1)))  # (batch, heads, query, key)
        distances = None
        if self.furthest is not None:
            sizes = ops.shape(scores)[2], ops.shape(scores)[3]
            distances = ops.cast(distance_vectors(*sizes, self.furthest, self.width), query.dtype)
            scores = scores + ops.einsum("bhqd,qkd->bhqk", query, distances)
        scores = ops.cast(scores, "float32")
        if bias is not None:
            scores = scores + ops.cast(bias, "float32")
        if allowed is not None:
            scores = ops.where(_all_heads(allowed), scores, VERY_LOW)
        # Keras warns of a softmax over one key, which is 1.
        weights = ops.ones_like(scores) if scores.shape[-1] == 1 else ops.softmax(scores, axis=-1)
        weights = ops.cast(weights, value.dtype)
        if seed is not None:
            weights = dropout(weights, self.dropout, seed=seed)
        seen = ops.matmul(weights, value)  # (batch, heads, query, width)
        if distances is not None:
            seen = seen + ops.einsum("bhqk,qkd->bhqd", weights, distances)
        return ops.transpose(seen, (0, 2, 1, 3))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    # === Config ===

    def get_config(self) -> dict[str, Any]:
        names = ("heads", "dropout", "rotary", "furthest", "scale", "initializer_range")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _all_heads(allowed: Tensor) -> Tensor:
    """`(batch, query, key)` or `(query, key)` with an axis for the heads."""
    return allowed[None, None] if len(allowed.shape) == 2 else allowed[:, None]
