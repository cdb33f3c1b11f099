"""log Z and posteriors of a linear chain: by the fast recursions where those are exact, and exact everywhere."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from keras import ops

from nlpx.layers.crf_backend import choose, compiled
from nlpx.layers.crf_exact import exact_counts, exact_forward_backward
from nlpx.layers.crf_scaled import Chain, scaled_counts, scaled_forward_backward

# Score of what is forbidden. Finite, so that no inf - inf can make a NaN; far below any sum of honest scores.
FORBIDDEN = -1e30


def make_chain(
    emissions: Any, transitions: Any, start: Any, end: Any, mask: Any, paid: tuple[Any, Any] | None = None
) -> Chain:
    """The time-first form of a batch.

    Args:
        emissions: (batch, length, tags) float.
        transitions: (tags, tags) from row to column; start, end: (tags,).
        mask: (batch, length), not 0 where real. Masked positions are skipped wherever they stand.
        paid: as in `Chain`, but (batch, length) each.
    """
    real = ops.transpose(ops.cast(mask, "bool"))  # (length, batch)
    positions = ops.arange(ops.shape(real)[0], dtype="int32")[:, None]
    first = ops.logical_and(real, positions == ops.cast(ops.argmax(real, 0), "int32")[None])
    emissions = ops.transpose(ops.maximum(emissions, FORBIDDEN), (1, 0, 2))
    nothing = ops.zeros_like(emissions[..., :1])
    paid = (nothing, nothing) if paid is None else tuple(ops.transpose(p)[..., None] for p in paid)
    return Chain(emissions, transitions, start, end, real[..., None], first[..., None], paid)


class Solution(NamedTuple):
    """What the recursions find out about a chain."""

    log_z: Any  # (batch,), less what is paid
    posterior: Any  # (length, batch, tags), 0 at padding
    counts: Callable[
        [Any], Any
    ]  # weights (batch,) -> expected transitions (tags, tags) of all chains, weighted
    exact: Any  # scalar bool


Solver = Callable[[Chain], Solution]


def solve_scaled(chain: Chain) -> Solution:
    """Fast; `exact` tells whether it is right."""
    scaled = scaled_forward_backward(chain)
    return Solution(
        scaled.log_z, scaled.posterior, lambda weights: scaled_counts(chain, scaled, weights), scaled.exact
    )


def solve_exactly(chain: Chain) -> Solution:
    """Right whatever the scores."""
    log_z, posterior, alphas = exact_forward_backward(chain)
    return Solution(
        log_z, posterior, lambda weights: exact_counts(chain, alphas, weights), ops.convert_to_tensor(True)
    )


def exact_where_needed(function: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    """The function with the fast solver, or with the exact one for the rare batch that needs it.

    Both are compiled apart, so that the exact one costs nothing, compilation included, until a batch asks for it.

    Args:
        function: (solver, *tensors) to a tuple of tensors, the last of which says whether the others are exact.
    """
    fast, slow = (compiled(functools.partial(function, solver)) for solver in (solve_scaled, solve_exactly))

    def run(*tensors: Any, jit_compile: bool = True) -> tuple[Any, ...]:
        *results, exact = fast(*tensors, jit_compile=jit_compile)
        return choose(
            exact, lambda: tuple(results), lambda: tuple(slow(*tensors, jit_compile=jit_compile)[:-1])
        )

    return run


def _posteriors(solver: Solver, *tensors: Any) -> tuple[Any, Any]:
    emissions, transitions, start, end, mask = tensors
    solution = solver(make_chain(emissions, transitions, start, end, mask))
    return ops.transpose(solution.posterior, (1, 0, 2)), solution.exact


_solve_posteriors = exact_where_needed(_posteriors)


def posteriors(
    emissions: Any, transitions: Any, start: Any, end: Any, mask: Any, jit_compile: bool = True
) -> Any:
    """p(y_t = k | x), (batch, length, tags); 0 at padding. No gradient flows through it."""
    scores = [ops.stop_gradient(score) for score in (emissions, transitions, start, end)]
    return _solve_posteriors(*scores, mask, jit_compile=jit_compile)[0]


def ends(mask: Any) -> tuple[Any, Any]:
    """Index of the first and the last real position of every sequence, (batch, 1) int32 each; any for an empty one."""
    first = ops.argmax(mask, 1, keepdims=True)
    from_end = ops.argmax(ops.flip(mask, 1), 1, keepdims=True)
    return ops.cast(first, "int32"), ops.shape(mask)[1] - 1 - ops.cast(from_end, "int32")
