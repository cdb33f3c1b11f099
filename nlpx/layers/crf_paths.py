"""Scores of given paths, and the negative log-likelihood."""

from __future__ import annotations

from typing import Any

from keras import ops

from nlpx.layers.crf_backend import scan
from nlpx.layers.crf_partition import FORBIDDEN, log_partition


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


def ends(mask: Any) -> tuple[Any, Any]:
    """(batch, length) bool each: the first and the last real position of every sequence."""
    positions = ops.arange(ops.shape(mask)[1], dtype="int32")[None]
    first = ops.cast(ops.argmax(mask, 1), "int32")[:, None]
    last = ops.shape(mask)[1] - 1 - ops.cast(ops.argmax(ops.flip(mask, 1), 1), "int32")[:, None]
    return ops.logical_and(mask, positions == first), ops.logical_and(mask, positions == last)


def position_scores(emissions: Any, transitions: Any, start: Any, end: Any, mask: Any, tags: Any) -> Any:
    """What each position adds to the score of the path `tags`, (batch, length); 0 at padding."""
    count = transitions.shape[0]
    chosen = ops.equal(tags[..., None], ops.arange(count, dtype="int32"))  # (batch, length, tags)
    scores = ops.sum(ops.where(chosen, ops.maximum(emissions, FORBIDDEN), 0.0), -1)
    entered = ops.take(ops.reshape(transitions, (-1,)), previous_real(tags, mask) * count + tags)
    first, last = ends(mask)
    scores = scores + ops.where(first, ops.take(start, tags), entered)
    return ops.where(mask, scores + ops.where(last, ops.take(end, tags), 0.0), 0.0)


def negative_log_likelihood(
    emissions: Any, transitions: Any, start: Any, end: Any, mask: Any, tags: Any
) -> Any:
    """-log p(tags | x), (batch,); 0, with no gradient, for chains that are empty or whose path is forbidden."""
    scores = position_scores(emissions, transitions, start, end, mask, tags)
    constant = ops.stop_gradient(scores)
    log_z = log_partition(emissions, transitions, start, end, ops.cast(mask, emissions.dtype), constant)
    # log_z is already less the path's score; this adds the gradient of that score, and 0.
    loss = log_z - ops.sum(scores - constant, 1)
    return ops.where(ops.sum(constant, 1) > FORBIDDEN / 2, loss, 0.0)


def partial_negative_log_likelihood(
    emissions: Any, transitions: Any, start: Any, end: Any, mask: Any, allowed: Any
) -> Any:
    """-log of the total probability of all paths within `allowed` (batch, length, tags) bool, (batch,).

    0, with no gradient, for chains that are empty or have no such path.
    """
    real = ops.cast(mask, emissions.dtype)
    within = ops.where(allowed, emissions, FORBIDDEN)
    baseline = ops.stop_gradient(ops.max(within, -1))
    baseline = ops.where(baseline > FORBIDDEN / 2, baseline, 0.0)
    log_all = log_partition(emissions, transitions, start, end, real, baseline)
    log_within = log_partition(within, transitions, start, end, real, baseline)
    return ops.where(log_within > FORBIDDEN / 2, log_all - log_within, 0.0)
