"""log Z of a linear chain and its gradient, the posteriors: fast where that is exact, exact everywhere."""

from __future__ import annotations

from typing import Any

from keras import ops

from nlpx.layers.crf_exact import exact_counts, exact_forward_backward
from nlpx.layers.crf_scaled import Chain, scaled_counts, scaled_forward_backward

# Score of what is forbidden. Finite, so that no inf - inf can make a NaN; far below any sum of honest scores.
FORBIDDEN = -1e30


def make_chain(emissions: Any, transitions: Any, start: Any, end: Any, mask: Any) -> Chain:
    """The time-first form of a batch.

    Args:
        emissions: (batch, length, tags) float.
        transitions: (tags, tags) from row to column; start, end: (tags,).
        mask: (batch, length), not 0 where real. Masked positions are skipped wherever they stand.
    """
    real = ops.transpose(ops.cast(mask, "bool"))  # (length, batch)
    positions = ops.arange(ops.shape(real)[0], dtype="int32")[:, None]
    first = ops.logical_and(real, positions == ops.cast(ops.argmax(real, 0), "int32")[None])
    emissions = ops.transpose(ops.maximum(emissions, FORBIDDEN), (1, 0, 2))
    return Chain(emissions, transitions, start, end, real[..., None], first[..., None])


@ops.custom_gradient
def log_partition(emissions: Any, transitions: Any, start: Any, end: Any, mask: Any, baseline: Any) -> Any:
    """log Z (batch,) less the sum over real positions of `baseline`; 0 for chains without a real position.

    A baseline near the score of a likely path keeps the result small and so precise: the sum over 2,000
    positions of scores around 1e4 has an error of about 1 in float32.

    Args:
        mask: (batch, length) float, 1 where real.
        baseline: (batch, length), taken as constant.
    """
    chain = make_chain(emissions, transitions, start, end, mask)
    baseline = ops.transpose(baseline)
    scaled = scaled_forward_backward(chain, baseline)
    log_z, posterior = ops.cond(
        scaled.exact,
        lambda: (scaled.log_z, scaled.posterior),
        lambda: exact_forward_backward(chain, baseline),
    )
    filled = ops.any(chain.real, (0, 2))  # (batch,)

    def grad(*args: Any, upstream: Any = None) -> Any:
        dz = ops.where(filled, args[0] if upstream is None else upstream, 0.0)
        counts = ops.cond(
            scaled.exact, lambda: scaled_counts(chain, scaled, dz), lambda: exact_counts(chain, dz)
        )
        weighted = posterior * dz[None, :, None]
        d_start = ops.sum(ops.where(chain.first, weighted, 0.0), (0, 1))
        d_end = ops.sum(ops.where(_last(chain), weighted, 0.0), (0, 1))
        d_emissions = ops.transpose(weighted, (1, 0, 2))
        return d_emissions, counts, d_start, d_end, ops.zeros_like(mask), ops.zeros_like(ops.transpose(baseline))

    return ops.where(filled, log_z, 0.0), grad


def posteriors(emissions: Any, transitions: Any, start: Any, end: Any, mask: Any) -> Any:
    """p(y_t = k | x), (batch, length, tags); 0 at padding. No gradient flows through it."""
    tensors = [ops.stop_gradient(t) for t in (emissions, transitions, start, end)]
    chain = make_chain(*tensors, mask)
    baseline = ops.zeros_like(chain.emissions[..., 0])
    scaled = scaled_forward_backward(chain, baseline)
    posterior = ops.cond(
        scaled.exact, lambda: scaled.posterior, lambda: exact_forward_backward(chain, baseline)[1]
    )
    return ops.transpose(posterior, (1, 0, 2))


def _last(chain: Chain) -> Any:
    """(length, batch, 1): each chain's last real position."""
    length = ops.shape(chain.real)[0]
    from_end = ops.cast(ops.argmax(ops.flip(chain.real, 0), 0), "int32")[None]  # (1, batch, 1)
    positions = ops.arange(length, dtype="int32")[:, None, None]
    return ops.logical_and(chain.real, positions == length - 1 - from_end)
