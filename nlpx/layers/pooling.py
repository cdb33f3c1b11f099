"""One vector per text from one per position, by a rule without weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from nlpx.layers.masking import Tensor, full_mask, masked_max, masked_mean

KINDS = ("last", "mean", "max")


@keras.saving.register_keras_serializable("nlpx")
class Pooling(keras.layers.Layer):
    """`(batch, length, units)` -> `(batch, units)`; zeros for a row without real positions.

    Args:
        kind: last (the last real position), mean or max over the real positions.
        directions: 2 where the second half of the units reads from right to left; the last thing it has seen is
            then the first real position. Of no effect for mean and max.

    Call arguments:
        x: `(batch, length, units)`.
        mask: `(batch, length)` bool, True at real positions; None when all are real.
    """

    def __init__(self, kind: str = "last", *, directions: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}. Received: {kind}")
        if directions not in (1, 2):
            raise ValueError(f"directions must be 1 or 2. Received: {directions}")
        self.kind = kind
        self.directions = directions
        self.supports_masking = True

    def call(self, x: Tensor, mask: Tensor | None = None, training: bool = False) -> Tensor:
        mask = full_mask(x) if mask is None else ops.cast(mask, "bool")
        if self.kind == "mean":
            return masked_mean(x, mask)
        if self.kind == "max":
            return masked_max(x, mask)
        if self.directions == 1:
            return at(x, mask, last_place)
        half = x.shape[-1] // 2
        return ops.concatenate(
            [at(x[..., :half], mask, last_place), at(x[..., half:], mask, first_place)], -1
        )

    def compute_mask(self, x: Tensor, mask: Tensor | None = None) -> None:
        return None

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape[0], input_shape[-1]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "kind": self.kind, "directions": self.directions}


def at(x: Tensor, mask: Tensor, place: Callable[[Tensor], Tensor]) -> Tensor:
    """The vector `(batch, units)` at one position of each row, zeros for a row without real positions.

    A product with a one-hot row rather than a gather: its gradient is cheap under XLA on a CPU. Where the row is 0
    the value is cut off first, so that a NaN in the padding stays there.
    """
    chosen = ops.expand_dims(ops.logical_and(place(mask), mask), -1)  # (batch, length, 1)
    return ops.sum(ops.where(chosen, x, ops.zeros_like(x)), axis=1)


def last_place(mask: Tensor) -> Tensor:
    """`(batch, length)` bool, True at the last real position of each row."""
    left = ops.cumsum(ops.cast(mask, "int32"), axis=1)  # real positions up to here
    return left == ops.sum(ops.cast(mask, "int32"), axis=1, keepdims=True)


def first_place(mask: Tensor) -> Tensor:
    """`(batch, length)` bool, True at the first real position of each row."""
    return ops.cumsum(ops.cast(mask, "int32"), axis=1) == 1
