"""log Z of a linear chain and its gradient, the posteriors: fast where that is exact, exact everywhere."""

from __future__ import annotations

from typing import Any

from keras import ops

from nlpx.layers.crf_exact import exact_forward_backward
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


@ops.custom_gradient
def log_partition(
    emissions: Any,
    transitions: Any,
    start: Any,
    end: Any,
    mask: Any,
    paid_emission: Any,
    paid_transition: Any,
) -> Any:
    """log Z (batch,) less the sums of what is paid over real positions; 0 for chains without a real position.

    The gradient is computed with the value: the posteriors, and the expected transitions of all chains together.
    That suits every loss that weights its chains alike; for another the recursions run once more.

    Args:
        mask: (batch, length) float, 1 where real.
        paid_emission, paid_transition: (batch, length), taken as constant; see `Chain`.
    """
    tensors = emissions, transitions, start, end, mask, (paid_emission, paid_transition)
    filled = ops.any(mask > 0, 1)  # (batch,)
    log_z, posterior, counts = _forward_backward(make_chain(*tensors), ops.cast(filled, mask.dtype))
    posterior = ops.transpose(posterior, (1, 0, 2))

    def grad(*args: Any, upstream: Any = None) -> Any:
        dz = ops.where(filled, args[0] if upstream is None else upstream, 0.0)
        d_transitions = ops.cond(
            _alike(dz, filled),
            lambda: counts * (ops.sum(dz) / ops.maximum(ops.sum(ops.cast(filled, dz.dtype)), 1.0)),
            lambda: _forward_backward(make_chain(*tensors), dz)[2],
        )
        d_emissions = posterior * dz[:, None, None]
        d_start, d_end = (ops.sum(_at(d_emissions, index), 0) for index in ends(mask > 0))
        zero = ops.zeros_like(mask)
        return d_emissions, d_transitions, d_start, d_end, zero, zero, zero

    return ops.where(filled, log_z, 0.0), grad


def _forward_backward(chain: Chain, row_weights: Any) -> tuple[Any, Any, Any]:
    """log Z (batch,) less what is paid, posteriors (length, batch, tags), expected transitions (tags, tags) with
    each chain counted by its weight (batch,).
    """
    scaled = scaled_forward_backward(chain)

    def fast() -> tuple[Any, Any, Any]:
        return scaled.log_z, scaled.posterior, scaled_counts(chain, scaled, row_weights)

    return ops.cond(scaled.exact, fast, lambda: exact_forward_backward(chain, row_weights))


def _alike(weights: Any, filled: Any) -> Any:
    """Whether all chains that are not empty have the same weight (batch,)."""
    infinite = float("inf")
    return ops.min(ops.where(filled, weights, infinite)) >= ops.max(ops.where(filled, weights, -infinite))


def posteriors(emissions: Any, transitions: Any, start: Any, end: Any, mask: Any) -> Any:
    """p(y_t = k | x), (batch, length, tags); 0 at padding. No gradient flows through it."""
    tensors = [ops.stop_gradient(t) for t in (emissions, transitions, start, end)]
    chain = make_chain(*tensors, mask)
    scaled = scaled_forward_backward(chain)
    no_weights = ops.zeros_like(chain.emissions[0, :, 0])
    posterior = ops.cond(
        scaled.exact, lambda: scaled.posterior, lambda: exact_forward_backward(chain, no_weights)[1]
    )
    return ops.transpose(posterior, (1, 0, 2))


def ends(mask: Any) -> tuple[Any, Any]:
    """Index of the first and the last real position of every sequence, (batch, 1) int32 each; any for an empty one."""
    first = ops.argmax(mask, 1, keepdims=True)
    from_end = ops.argmax(ops.flip(mask, 1), 1, keepdims=True)
    return ops.cast(first, "int32"), ops.shape(mask)[1] - 1 - ops.cast(from_end, "int32")


def _at(values: Any, index: Any) -> Any:
    """values (batch, length, tags) at each sequence's index (batch, 1): (batch, tags)."""
    return ops.take_along_axis(values, index[..., None], 1)[:, 0]
