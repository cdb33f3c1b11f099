"""Scores of given paths."""

from __future__ import annotations

from typing import Any, NamedTuple

from keras import ops

from nlpx.layers.crf_backend import scan
from nlpx.layers.crf_partition import FORBIDDEN, ends


def previous_real(values: Any, mask: Any) -> Any:
    """The value (batch, length) at the real position before each; any value where there is none.

    Masks are nearly always ones followed by zeros, where this is a shift; only others pay for a loop.
    """
    shifted = ops.concatenate([values[:, :1], values[:, :-1]], 1)
    prefix = ops.all(ops.logical_or(mask[:, :-1], ops.logical_not(mask[:, 1:])))
    return ops.cond(prefix, lambda: shifted, lambda: _last_seen(shifted, mask))


def _last_seen(shifted: Any, mask: Any) -> Any:
    before = ops.concatenate([mask[:, :1], mask[:, :-1]], 1)  # whether the position before is real
    xs = ops.transpose(shifted), ops.transpose(before)
    _, (seen,) = scan(lambda c, x: (ops.where(x[1], x[0], c[0]),), (shifted[:, 0],), xs)
    return ops.transpose(seen)


def is_at(index: Any, mask: Any) -> Any:
    """(batch, length) bool: real positions whose index is the given one, (batch, 1)."""
    return ops.logical_and(mask, ops.arange(ops.shape(mask)[1], dtype="int32")[None] == index)


class Path(NamedTuple):
    """The path `tags`, position by position; all (batch, length) but for the first."""

    chosen: Any  # (batch, length, tags) bool: the path's tag at each real position
    entered: Any  # int32: previous tag * tags + tag
    linked: Any  # bool: real positions with a real one before
    emissions: Any  # score of each position, 0 at padding
    transitions: Any  # score of entering each position, 0 where not linked


def follow(emissions: Any, transitions: Any, mask: Any, tags: Any) -> Path:
    """Where the path goes and what it collects; (batch, length, tags), (tags, tags), (batch, length) twice."""
    count = transitions.shape[0]
    chosen = ops.equal(tags[..., None], ops.arange(count, dtype="int32"))
    chosen = ops.logical_and(chosen, mask[..., None])
    emitted = ops.sum(ops.where(chosen, ops.maximum(emissions, FORBIDDEN), 0.0), -1)
    entered = previous_real(tags, mask) * count + tags
    linked = ops.logical_and(mask, ops.logical_not(is_at(ends(mask)[0], mask)))
    passed = ops.where(linked, ops.take(ops.reshape(transitions, (-1,)), entered), 0.0)
    return Path(chosen, entered, linked, emitted, passed)


def boundary_scores(start: Any, end: Any, mask: Any, tags: Any) -> Any:
    """Scores of the first and the last tag of the path `tags`, (batch,)."""
    first, last = (ops.take_along_axis(tags, index, 1)[:, 0] for index in ends(mask))
    return ops.where(ops.any(mask, 1), ops.take(start, first) + ops.take(end, last), 0.0)
