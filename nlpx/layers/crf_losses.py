"""The losses of a CRF with their gradients, which come out of the same recursions and so need no second pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops

from nlpx.layers.crf_backend import choose
from nlpx.layers.crf_partition import FORBIDDEN, Solver, ends, exact_where_needed, make_chain
from nlpx.layers.crf_paths import boundary_scores, follow

# values (batch,); their gradients to the emissions (batch, length, tags); the gradient of the weighted sum of the
# values to the transitions (tags, tags); whether all this is exact.
Answer = tuple[Any, Any, Any, Any]


def _log_partition(solver: Solver, *tensors: Any) -> Answer:
    """log Z; 0 for an empty chain."""
    *chains, weights = tensors
    filled = ops.any(chains[4], 1)
    solution = solver(make_chain(*chains))
    counts = solution.counts(ops.where(filled, weights, 0.0))
    values = ops.where(filled, solution.log_z, 0.0)
    return values, ops.transpose(solution.posterior, (1, 0, 2)), counts, solution.exact


def _nll(solver: Solver, *tensors: Any) -> Answer:
    """-log p(tags | x); 0 for a chain that is empty or whose path is forbidden."""
    emissions, transitions, start, end, mask, tags, weights = tensors
    path = follow(emissions, transitions, mask, tags)
    boundary = boundary_scores(start, end, mask, tags)
    score = ops.sum(path.emissions, 1) + ops.sum(path.transitions, 1) + boundary
    # Asked this way round, a NaN is not forbidden: it stays one and shows.
    legal = ops.logical_and(ops.any(mask, 1), ops.logical_not(score <= FORBIDDEN / 2))
    weights = ops.where(legal, weights, 0.0)
    paid = path.emissions, path.transitions
    solution = solver(make_chain(emissions, transitions, start, end, mask, paid))
    values = ops.where(legal, solution.log_z - boundary, 0.0)
    surprise = ops.transpose(solution.posterior, (1, 0, 2)) - ops.cast(path.chosen, emissions.dtype)
    counts = solution.counts(weights) - _counts(path, weights, transitions.shape[0])
    return values, ops.where(legal[:, None, None], surprise, 0.0), counts, solution.exact


def _partial_nll(solver: Solver, *tensors: Any) -> Answer:
    """-log of the probability of all paths within `allowed` (batch, length, tags) bool; 0 where there is none."""
    emissions, transitions, start, end, mask, allowed, weights = tensors
    within = ops.where(allowed, emissions, FORBIDDEN)
    best = ops.max(within, -1)
    paid = ops.where(best > FORBIDDEN / 2, best, 0.0), ops.zeros_like(best)
    every = solver(make_chain(emissions, transitions, start, end, mask, paid))
    some = solver(make_chain(within, transitions, start, end, mask, paid))
    possible = ops.logical_and(ops.any(mask, 1), ops.logical_not(some.log_z <= FORBIDDEN / 2))
    weights = ops.where(possible, weights, 0.0)
    values = ops.where(possible, every.log_z - some.log_z, 0.0)
    surprise = ops.transpose(every.posterior - some.posterior, (1, 0, 2))
    counts = every.counts(weights) - some.counts(weights)
    exact = ops.logical_and(every.exact, some.exact)
    return values, ops.where(possible[:, None, None], surprise, 0.0), counts, exact


def _counts(path: Any, weights: Any, tags: int) -> Any:
    """Transitions (tags, tags) that the paths take, each chain counted by its weight (batch,)."""
    taken = ops.reshape(ops.where(path.linked, weights[:, None], 0.0), (-1,))
    counts = ops.segment_sum(taken, ops.reshape(path.entered, (-1,)), num_segments=tags * tags)
    return ops.reshape(counts, (tags, tags))


def _differentiable(answer: Callable[..., Answer]) -> Callable[..., Any]:
    """The values of an answer, (batch,), as a function that knows its gradient.

    The gradient to the transitions adds up all chains. It is at hand for a loss that weights them alike, as a mean
    does; for another the recursions run once more, with its weights.
    """

    def with_ends(solver: Solver, *tensors: Any) -> tuple[Any, ...]:
        values, d_emissions, counts, exact = answer(solver, *tensors)
        first, last = (_at(d_emissions, index) for index in ends(tensors[4]))  # (batch, tags) each
        return values, d_emissions, counts, first, last, exact

    solve = exact_where_needed(with_ends)

    def run(
        emissions: Any,
        transitions: Any,
        start: Any,
        end: Any,
        mask: Any,
        *given: Any,
        jit_compile: bool = True,
    ) -> Any:
        fixed = mask, *given

        @ops.custom_gradient
        def values(*scores: Any) -> Any:
            # An eager tape would otherwise follow the compiled functions inside and want to differentiate their loops.
            scores = tuple(ops.stop_gradient(score) for score in scores)
            alike = ops.ones_like(scores[0][:, 0, 0])
            result, d_emissions, counts, first, last = solve(*scores, *fixed, alike, jit_compile=jit_compile)

            def grad(*args: Any, upstream: Any = None) -> Any:
                weights = ops.where(ops.any(mask, 1), args[0] if upstream is None else upstream, 0.0)
                d_transitions = choose(
                    _alike(weights, mask),
                    lambda: counts * _common(weights, mask),
                    lambda: solve(*scores, *fixed, weights, jit_compile=jit_compile)[2],
                )
                d_start, d_end = (ops.sum(rows * weights[:, None], 0) for rows in (first, last))
                return d_emissions * weights[:, None, None], d_transitions, d_start, d_end

            return result, grad

        return values(emissions, transitions, start, end)

    return run


def _alike(weights: Any, mask: Any) -> Any:
    """Whether all chains that are not empty have the same weight (batch,)."""
    filled, infinite = ops.any(mask, 1), float("inf")
    return ops.min(ops.where(filled, weights, infinite)) >= ops.max(ops.where(filled, weights, -infinite))


def _common(weights: Any, mask: Any) -> Any:
    """The weight they have; empty chains have 0."""
    return ops.sum(weights) / ops.maximum(ops.sum(ops.cast(ops.any(mask, 1), weights.dtype)), 1.0)


def _at(values: Any, index: Any) -> Any:
    """values (batch, length, tags) at each chain's index (batch, 1): (batch, tags)."""
    return ops.take_along_axis(values, index[..., None], 1)[:, 0]


# Each takes emissions (batch, length, tags), transitions (tags, tags), start and end (tags,), mask (batch, length) bool
# and gives (batch,). Between those come
log_partition = _differentiable(_log_partition)  # nothing,
negative_log_likelihood = _differentiable(_nll)  # tags (batch, length) int32,
partial_negative_log_likelihood = _differentiable(_partial_nll)  # allowed (batch, length, tags) bool.
