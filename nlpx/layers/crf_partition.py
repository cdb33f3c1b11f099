"""log Z of a linear chain and its gradient, the posteriors: fast where that is exact, exact everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops

from nlpx.layers.crf_backend import compiled
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
def scaled_log_partition(
    emissions: Any, transitions: Any, start: Any, end: Any, mask: Any, paid_emission: Any, paid_transition: Any
) -> Any:
    """log Z (batch,) less the sums of what is paid over real positions; NaN throughout where that is not exact.

    Chains without a real position have 0. The gradient needs no second pass: everything it multiplies with is left
    over from the first.

    Args:
        mask: (batch, length) float, 1 where real.
        paid_emission, paid_transition: (batch, length), taken as constant; see `Chain`.
    """
    chain = make_chain(emissions, transitions, start, end, mask, (paid_emission, paid_transition))
    filled = ops.any(mask > 0, 1)  # (batch,)
    scaled = scaled_forward_backward(chain)

    def grad(*args: Any, upstream: Any = None) -> Any:
        dz = ops.where(filled, args[0] if upstream is None else upstream, 0.0)
        parts = _chain_rule(scaled.posterior, scaled_counts(chain, scaled, dz), dz, mask)
        # Whoever asked `exact_log_partition` instead sends zeros, and 0 * inf must not come back as NaN.
        return tuple(ops.where(scaled.exact, part, 0.0) for part in parts)

    return ops.where(scaled.exact, ops.where(filled, scaled.log_z, 0.0), float("nan")), grad


@ops.custom_gradient
def exact_log_partition(
    emissions: Any, transitions: Any, start: Any, end: Any, mask: Any, paid_emission: Any, paid_transition: Any
) -> Any:
    """log Z as in `scaled_log_partition`, whatever the scores; the gradient runs the recursions once more."""
    tensors = emissions, transitions, start, end, mask, (paid_emission, paid_transition)
    filled = ops.any(mask > 0, 1)  # (batch,)
    log_z, _, _ = exact_forward_backward(make_chain(*tensors), ops.cast(filled, mask.dtype))

    def grad(*args: Any, upstream: Any = None) -> Any:
        dz = ops.where(filled, args[0] if upstream is None else upstream, 0.0)
        _, posterior, counts = exact_forward_backward(make_chain(*tensors), dz)
        return _chain_rule(posterior, counts, dz, mask)

    return ops.where(filled, log_z, 0.0), grad


def _chain_rule(posterior: Any, counts: Any, dz: Any, mask: Any) -> tuple[Any, ...]:
    """Gradients of all seven inputs from posteriors (length, batch, tags) and counts weighted by dz (batch,)."""
    d_emissions = ops.transpose(posterior, (1, 0, 2)) * dz[:, None, None]
    d_start, d_end = (ops.sum(_at(d_emissions, index), 0) for index in ends(mask > 0))
    zero = ops.zeros_like(mask)
    return d_emissions, counts, d_start, d_end, zero, zero, zero


def exact_where_needed(function: Callable[..., Any]) -> Callable[..., Any]:
    """A loss by the scaled recursions, and by the exact ones for the rare batch that those cannot hold.

    Only the scaled ones are compiled: the exact ones would double the time that every shape of batch costs once.

    Args:
        function: takes tensors, and one of the two functions above as `log_partition`; gives (batch,).
    """
    fast = compiled(lambda *tensors: function(*tensors, log_partition=scaled_log_partition))

    def run(*tensors: Any, jit_compile: bool = True) -> Any:
        values = fast(*tensors, jit_compile=jit_compile)
        return ops.cond(
            ops.all(ops.isfinite(values)),
            lambda: values,
            lambda: function(*tensors, log_partition=exact_log_partition),
        )

    return run


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
