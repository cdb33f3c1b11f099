"""Forward-backward in scaled probabilities: fast, and with a certificate that says whether it was exact.

    alpha_t = max(tiny, (alpha_{t-1} P) * X_t / s_t)        P = exp(T - max T),  X_t = exp(h_t - max h_t)

A product of probabilities underflows where scores lie far apart or where transitions are forbidden. Flooring
every alpha at `tiny` makes the result an upper bound: it adds paths, it loses none. The share of the added
paths in the whole is the posterior mass that lies on floored states. Where that is nothing, nothing was lost or
added, and log Z and the posteriors are right to rounding; where it is not, `crf_exact` must be asked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from keras import ops

from nlpx.layers.crf_backend import scan

# Floor of an alpha, least scale of a step that keeps the floor above what underflows, greatest share of floored
# states: by data type. float32 loses products below 1e-38 = floor * least scale.
_LIMITS = {"float32": (1e-25, 1e-12, 1e-7), "float64": (1e-200, 1e-90, 1e-14)}


class Chain(NamedTuple):
    """A batch of chains, time first. `real` marks real positions, `first` each chain's first real one.

    `paid` are two parts of every position's score, of its emission and of its transition, that log Z is less by.
    Taken off one by one where they arise, they keep log Z small: the sum over 2,000 positions of scores around 1e4
    has an error of about 1 in float32, what the scores are above those of a likely path has not.
    """

    emissions: Any  # (length, batch, tags)
    transitions: Any  # (tags, tags), from row to column
    start: Any  # (tags,)
    end: Any  # (tags,)
    real: Any  # (length, batch, 1) bool
    first: Any  # (length, batch, 1) bool
    paid: tuple[Any, Any]  # (length, batch, 1) each


class Scaled(NamedTuple):
    """Result of the scaled recursions; `exact` is the certificate for the whole batch."""

    log_z: Any  # (batch,)
    posterior: Any  # (length, batch, tags), 0 at padding
    before: Any  # (length, batch, tags): alpha at the position before
    after: Any  # (length, batch, tags): before^T after * P are the expected transitions
    exact: Any  # scalar bool


def scaled_forward_backward(chain: Chain) -> Scaled:
    """log Z less what is paid, the posteriors, and what the expected transitions are made of."""
    floor, least_scale, most_mass = _LIMITS[ops.dtype(chain.emissions)]
    P = ops.exp(chain.transitions - ops.max(chain.transitions))
    X, offsets = _peel(chain)
    alphas, scales = _forward(chain, P, X, floor)
    final, top = ops.exp(chain.end - ops.max(chain.end)), ops.max(chain.end)
    total = ops.sum(alphas[-1] * final, -1, keepdims=True)  # (batch, 1)
    log_z = ops.sum(ops.where(chain.real, ops.log(scales) + offsets, 0.0), 0) + ops.log(total) + top
    beta = ops.broadcast_to(final / total, ops.shape(alphas[-1]))
    betas, after = _backward(chain, P, X, scales, beta)
    betas = ops.concatenate([betas[1:], beta[None]], 0)  # beta_t, no longer beta_{t-1}
    posterior = ops.where(chain.real, alphas * betas, 0.0)
    floored = ops.max(ops.where(alphas <= 1.001 * floor, posterior, 0.0))
    exact = ops.logical_and(floored <= most_mass, ops.min(scales) >= least_scale)
    before = ops.concatenate([ops.zeros_like(alphas[:1]), alphas[:-1]], 0)
    return Scaled(log_z[:, 0], posterior, before, after, exact)


def _peel(chain: Chain) -> tuple[Any, Any]:
    """Emissions as probabilities of at most 1 (length, batch, tags), and what was divided out (length, batch, 1)."""
    top = ops.max(chain.emissions, -1, keepdims=True)
    taken = ops.where(chain.first, ops.max(chain.start), ops.max(chain.transitions))
    offsets = (top - chain.paid[0]) + (taken - chain.paid[1])
    return ops.exp(chain.emissions - top), offsets


def _forward(chain: Chain, P: Any, X: Any, floor: float) -> tuple[Any, Any]:
    """Alphas (length, batch, tags), each summing to 1, and their scales (length, batch, 1); padding keeps the last."""
    start = ops.exp(chain.start - ops.max(chain.start))

    def step(carry: Any, x: Any) -> Any:
        alpha, _ = carry
        X_t, real, first = x
        product = ops.where(first, start, ops.matmul(alpha, P)) * X_t
        scale = ops.sum(product, -1, keepdims=True)
        alpha = ops.where(real, ops.maximum(product / scale, floor), alpha)
        return alpha, ops.where(real, scale, 1.0)

    any_alpha = ops.ones_like(X[0]) / ops.cast(
        ops.shape(P)[0], X.dtype
    )  # before a chain starts; its value is not used
    _, stacked = scan(step, (any_alpha, ops.ones_like(X[0, :, :1])), (X, chain.real, chain.first))
    return stacked


def _backward(chain: Chain, P: Any, X: Any, scales: Any, beta: Any) -> tuple[Any, Any]:
    """beta_{t-1} and beta_t X_t / s_t, both (length, batch, tags)."""
    linked = ops.logical_and(chain.real, ops.logical_not(chain.first))
    weights = ops.where(linked, X / scales, 0.0)
    P_T = ops.transpose(P)

    def step(carry: Any, x: Any) -> Any:
        beta, _ = carry
        weight, linked = x
        after = beta * weight
        return ops.where(linked, ops.matmul(after, P_T), beta), after

    _, stacked = scan(step, (beta, beta), (weights, linked), reverse=True)
    return stacked


def scaled_counts(chain: Chain, scaled: Scaled, row_weights: Any) -> Any:
    """Expected transitions (tags, tags), each chain counted with its weight (batch,): one matrix product."""
    tags = ops.shape(chain.transitions)[0]
    P = ops.exp(chain.transitions - ops.max(chain.transitions))
    before = ops.reshape(scaled.before * row_weights[None, :, None], (-1, tags))
    return ops.matmul(ops.transpose(before), ops.reshape(scaled.after, (-1, tags))) * P
