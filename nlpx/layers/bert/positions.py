"""How a transformer knows where a token stands: vectors that are added, angles, or distances."""

from __future__ import annotations

import numpy as np
from keras import ops

from nlpx.layers.masking import Tensor
from nlpx.layers.rotary import rotary_angles

HIERARCHY = 0.4
"""Weight of the coarse part of a hierarchical position."""


def absolute(table: Tensor, length: int | Tensor) -> Tensor:
    """Vectors of the positions from 0 on `(length, units)`; beyond the end of the table they are hierarchical.

    Position `i * n + j` of a table of n rows gets `a u_i + (1 - a) u_j`, where `u_k = (p_k - a p_0) / (1 - a)` and
    a = 0.4 (Su 2020, kexue.fm/archives/7947). The first n are the table itself, and there are n * n in all.

    Raises:
        ValueError: the length is known, and larger than n * n.
    """
    size = table.shape[0]
    if isinstance(length, int) and length <= size:
        return table[:length]
    if isinstance(length, int) and length > size**2:
        raise ValueError(f"a table of {size} positions reaches to {size**2}. Received: {length}")
    places = ops.arange(length)
    base = (table - HIERARCHY * table[:1]) / (1 - HIERARCHY)
    coarse = ops.take(base, places // size, axis=0)
    return HIERARCHY * coarse + (1 - HIERARCHY) * ops.take(base, places % size, axis=0)


def rotate_pairs(x: Tensor) -> Tensor:
    """Turn the channels `2 i` and `2 i + 1` of `x (batch, length, heads, width)` by their position's angle.

    RoFormer's order of channels; `nlpx.layers.rotary` pairs halves. Each channel is multiplied by the cosine, and its
    neighbour by the sine with its sign: on TensorFlow that takes a quarter of the time of taking the pairs apart.
    """
    batch, length, heads, width = ops.shape(x)
    angles = ops.repeat(_angles(x.shape[1], length, width), 2, axis=-1)  # (length, 1, width)
    signs = ops.convert_to_tensor(np.tile([-1.0, 1.0], width // 2), dtype="float32")
    cos, sin = ops.cast(ops.cos(angles), x.dtype), ops.cast(ops.sin(angles) * signs, x.dtype)
    pairs = ops.reshape(x, (batch, length, heads, width // 2, 2))
    neighbours = ops.reshape(ops.flip(pairs, axis=-1), (batch, length, heads, width))
    return x * cos + neighbours * sin


def _angles(static: int | None, length: int | Tensor, width: int) -> Tensor:
    if static is not None:
        return ops.convert_to_tensor(rotary_angles(static, width)[:, None, :], dtype="float32")
    frequencies = ops.convert_to_tensor(rotary_angles(2, width)[1], dtype="float32")
    return ops.cast(ops.arange(length), "float32")[:, None, None] * frequencies


def distance_vectors(queries: int | Tensor, keys: int | Tensor, furthest: int, width: int) -> Tensor:
    """NEZHA's fixed vectors of the distance from each query to each key (Wei et al. 2019), `(query, key, width)`.

    Sine at even channels and cosine at odd ones of the distance, which is cut at `furthest` either way.
    """
    distances = ops.arange(keys)[None, :] - ops.arange(queries)[:, None]
    table = ops.convert_to_tensor(_distance_table(furthest, width), dtype="float32")
    return ops.take(table, ops.clip(distances, -furthest, furthest) + furthest, axis=0)


def _distance_table(furthest: int, width: int) -> np.ndarray:
    angles = rotary_angles(2 * furthest + 1, width)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(2 * furthest + 1, width)
