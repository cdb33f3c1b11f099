"""Rotary position embedding (Su et al. 2021): queries and keys turn by an angle that grows with position."""

from __future__ import annotations

import numpy as np
from keras import ops

from nlpx.layers.masking import Tensor


def rotary_angles(length: int, width: int) -> np.ndarray:
    """Angles `(length, width / 2)` of position `p` and pair `i`: `p * 10000 ** (-2 i / width)`."""
    frequencies = 10000.0 ** (-np.arange(0, width, 2) / width)
    return np.arange(length)[:, None] * frequencies


def rotate(x: Tensor) -> Tensor:
    """Turn each pair of channels of `x (batch, length, heads, width)` by its position's angle.

    Channel `i` pairs with `i + width / 2`. The product of a turned query and a turned key depends on their distance
    (with its sign), not on where they stand, and there is no longest length.
    """
    width = x.shape[-1]
    angles = _angles(x)[:, None, :]  # (length, 1, width / 2)
    cos, sin = ops.cast(ops.cos(angles), x.dtype), ops.cast(ops.sin(angles), x.dtype)
    a, b = x[..., : width // 2], x[..., width // 2 :]
    return ops.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1)


def _angles(x: Tensor) -> Tensor:
    length, width = x.shape[1], x.shape[-1]
    if length is not None:
        return ops.convert_to_tensor(rotary_angles(length, width), dtype="float32")
    frequencies = ops.convert_to_tensor(rotary_angles(2, width)[1], dtype="float32")
    return ops.cast(ops.arange(ops.shape(x)[1]), "float32")[:, None] * frequencies
