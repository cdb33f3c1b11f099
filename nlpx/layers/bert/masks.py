"""Which position may attend to which: boolean patterns `(query, key)` or `(batch, query, key)`, True where it may.

Patterns are combined by `&` and `|`; `attention_pattern` adds that nobody attends to padding.
"""

from __future__ import annotations

from typing import Literal

from keras import ops

from nlpx.layers.masking import Tensor

Attention = Literal["bidirectional", "causal", "unilm"]


def causal(length: int | Tensor) -> Tensor:
    """Each position sees itself and what stands before it, `(length, length)`."""
    return _distances(length) <= 0


def unilm(segments: Tensor) -> Tensor:
    """Source and target of one sequence (Dong et al. 2019), `(batch, length, length)`.

    Where c is the running sum of the segments, i sees j if c_j <= c_i: all see the source (segment 0), and the target
    (segment 1) sees itself up to each position.

    Args:
        segments: `(batch, length)` int, 0 for the source and then 1 for the target.
    """
    reached = ops.cumsum(segments, axis=1)
    return reached[:, None, :] <= reached[:, :, None]


def local(length: int | Tensor, radius: int) -> Tensor:
    """Positions at most `radius` apart, `(length, length)`."""
    return ops.abs(_distances(length)) <= radius


def atrous(length: int | Tensor, rate: int) -> Tensor:
    """Positions whose distance is a multiple of `rate`, `(length, length)`."""
    return ops.mod(ops.abs(_distances(length)), rate) == 0


def sparse(length: int | Tensor, rate: int) -> Tensor:
    """Local and atrous together (Child et al. 2019): all near positions, and far ones at every `rate`-th."""
    return ops.logical_or(local(length, rate), atrous(length, rate))


def attention_pattern(attention: Attention | Tensor, mask: Tensor, segments: Tensor | None = None) -> Tensor:
    """The whole pattern `(batch, query or 1, key)` of one sequence that attends to itself.

    Args:
        attention: a name, or a boolean pattern `(query, key)` or `(batch, query, key)`.
        mask: `(batch, length)` bool, True at real positions.
        segments: `(batch, length)` int; wanted by unilm.
    """
    real = mask[:, None, :]
    if isinstance(attention, str):
        if attention == "bidirectional":
            return real
        if attention == "causal":
            return ops.logical_and(real, causal(ops.shape(mask)[1]))
        if attention != "unilm" or segments is None:
            raise ValueError(
                "attention must be bidirectional, causal, unilm (with segments), or a boolean pattern. "
                f"Received: {attention!r}, segments={segments}"
            )
        return ops.logical_and(real, unilm(segments))
    return ops.logical_and(real, ops.cast(attention, "bool"))


def _distances(length: int | Tensor) -> Tensor:
    """Key's position minus the query's, `(query, key)`."""
    places = ops.arange(length)
    return places[None, :] - places[:, None]
