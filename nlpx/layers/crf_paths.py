"""Scores of given paths, and the negative log-likelihood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def position_scores(emissions: Any, transitions: Any, mask: Any, tags: Any) -> tuple[Any, Any]:
    """What each position's emission and transition add to the score of the path `tags`, (batch, length) each."""
    count = transitions.shape[0]
    chosen = ops.equal(tags[..., None], ops.arange(count, dtype="int32"))  # (batch, length, tags)
    emitted = ops.sum(ops.where(chosen, ops.maximum(emissions, FORBIDDEN), 0.0), -1)
    entered = ops.take(ops.reshape(transitions, (-1,)), previous_real(tags, mask) * count + tags)
    entered = ops.where(is_at(ends(mask)[0], mask), 0.0, entered)
    return ops.where(mask, emitted, 0.0), ops.where(mask, entered, 0.0)


def boundary_scores(start: Any, end: Any, mask: Any, tags: Any) -> Any:
    """Scores of the first and the last tag of the path `tags`, (batch,)."""
    first, last = (ops.take_along_axis(tags, index, 1)[:, 0] for index in ends(mask))
    return ops.where(ops.any(mask, 1), ops.take(start, first) + ops.take(end, last), 0.0)


def negative_log_likelihood(
    emissions: Any,
    transitions: Any,
    start: Any,
    end: Any,
    mask: Any,
    tags: Any,
    *,
    log_partition: Callable[..., Any],
) -> Any:
    """-log p(tags | x), (batch,); 0, with no gradient, for chains that are empty or whose path is forbidden."""
    scores = position_scores(emissions, transitions, mask, tags)
    paid = [ops.stop_gradient(s) for s in scores]
    boundary = boundary_scores(start, end, mask, tags)
    log_z = log_partition(emissions, transitions, start, end, ops.cast(mask, emissions.dtype), *paid)
    # log_z is already less the scores of positions; the differences are 0 and bring the gradients of those.
    loss = log_z - boundary - sum(ops.sum(s - p, 1) for s, p in zip(scores, paid, strict=True))
    legal = sum(ops.sum(p, 1) for p in paid) + boundary > FORBIDDEN / 2
    return ops.where(legal, loss, 0.0)


def partial_negative_log_likelihood(
    emissions: Any,
    transitions: Any,
    start: Any,
    end: Any,
    mask: Any,
    allowed: Any,
    *,
    log_partition: Callable[..., Any],
) -> Any:
    """-log of the total probability of all paths within `allowed` (batch, length, tags) bool, (batch,).

    0, with no gradient, for chains that are empty or have no such path.
    """
    real = ops.cast(mask, emissions.dtype)
    within = ops.where(allowed, emissions, FORBIDDEN)
    best = ops.stop_gradient(ops.max(within, -1))
    paid = ops.where(best > FORBIDDEN / 2, best, 0.0), ops.zeros_like(best)
    log_all = log_partition(emissions, transitions, start, end, real, *paid)
    log_within = log_partition(within, transitions, start, end, real, *paid)
    # Asked this way round, so that a NaN, which says that the sums are not exact, stays one.
    return ops.where(log_within <= FORBIDDEN / 2, 0.0, log_all - log_within)
