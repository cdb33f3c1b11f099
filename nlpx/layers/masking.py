"""What a mask does to a tensor. A mask is `(batch, length)` bool, True at real positions; None means all are real."""

from __future__ import annotations

from typing import Any

from keras import ops

Tensor = Any

# Low enough that exp() of it is 0 in float32, high enough that sums of it stay finite.
VERY_LOW = -1e9


def zero_padding(x: Tensor, mask: Tensor | None) -> Tensor:
    """`x (batch, length, units)` with zeros at padded positions, whatever was there (NaN included)."""
    if mask is None:
        return x
    return ops.where(ops.expand_dims(mask, -1), x, ops.zeros_like(x))


def full_mask(x: Tensor) -> Tensor:
    """The mask `(batch, length)` under which every position of `x (batch, length, units)` is real."""
    return ops.ones(ops.shape(x)[:2], dtype="bool")


def masked_mean(x: Tensor, mask: Tensor | None) -> Tensor:
    """Mean of `x (batch, length, units)` over real positions -> `(batch, units)`; zeros for a row without any."""
    if mask is None:
        return ops.mean(x, axis=1)
    count = ops.sum(ops.cast(mask, x.dtype), axis=1, keepdims=True)  # (batch, 1)
    return ops.sum(zero_padding(x, mask), axis=1) / ops.maximum(count, 1)


def masked_max(x: Tensor, mask: Tensor | None) -> Tensor:
    """Largest of `x (batch, length, units)` over real positions -> `(batch, units)`; zeros for a row without any."""
    if mask is None:
        return ops.max(x, axis=1)
    largest = ops.max(ops.where(ops.expand_dims(mask, -1), x, ops.full_like(x, VERY_LOW)), axis=1)
    return ops.where(ops.any(mask, axis=1, keepdims=True), largest, ops.zeros_like(largest))


def mean_of_real(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of `values (batch,)` over the rows that `mask (batch, length)` shows to be texts; 0 where none is."""
    real = ops.cast(ops.any(ops.cast(mask, "bool"), axis=1), values.dtype)
    return ops.sum(values * real) / ops.maximum(ops.sum(real), 1.0)
