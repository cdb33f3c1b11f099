"""Forward-backward with log-sum-exp at every step: exact whatever the scores, and tags times slower.

    alpha_t(j) = logsumexp_i(alpha_{t-1}(i) + T(i, j)) + h_t(j),  less its maximum, which is summed apart

The backward pass carries posteriors instead of betas: p(y_{t-1}=i) = sum_j p(y_t=j) p(y_{t-1}=i | y_t=j), and
the conditional is a softmax of alpha_{t-1} + T. Every number is a probability, so none can overflow.
"""

from __future__ import annotations

from typing import Any

from keras import ops

from nlpx.layers.crf_backend import scan
from nlpx.layers.crf_scaled import Chain


def exact_forward_backward(chain: Chain) -> tuple[Any, Any, Any]:
    """log Z (batch,) less what is paid; posteriors and log alphas, both (length, batch, tags)."""
    alphas, tops = _forward(chain)
    posteriors, _ = _backward(chain, alphas, ops.zeros_like(alphas[0, :, 0]))
    log_z = ops.logsumexp(alphas[-1] + chain.end, -1) + ops.sum(tops, 0)[:, 0]
    return log_z, ops.where(chain.real, posteriors, 0.0), alphas


def exact_counts(chain: Chain, alphas: Any, row_weights: Any) -> Any:
    """Expected transitions (tags, tags), each chain counted by its weight (batch,)."""
    return _backward(chain, alphas, row_weights)[1]


def _forward(chain: Chain) -> tuple[Any, Any]:
    """Log alphas (length, batch, tags) with maximum 0, and what was subtracted (length, batch, 1)."""

    def step(carry: Any, x: Any) -> Any:
        alpha, _ = carry
        h, real, first, paid = x
        reached = ops.logsumexp(alpha[:, :, None] + chain.transitions, 1)  # (batch, from, to) to (batch, to)
        score = (ops.where(first, chain.start, reached) - paid) + h
        top = ops.max(score, -1, keepdims=True)
        return ops.where(real, score - top, alpha), ops.where(real, top, 0.0)

    zero = ops.zeros_like(chain.emissions[0])
    xs = chain.emissions - chain.paid[0], chain.real, chain.first, chain.paid[1]
    _, stacked = scan(step, (zero, zero[:, :1]), xs)
    return stacked


def _backward(chain: Chain, alphas: Any, row_weights: Any) -> tuple[Any, Any]:
    """Posteriors (length, batch, tags) and weighted expected transitions (tags, tags)."""
    linked = ops.logical_and(chain.real, ops.logical_not(chain.first))
    before = ops.concatenate([alphas[:1], alphas[:-1]], 0)

    def step(carry: Any, x: Any) -> Any:
        posterior, counts = carry
        alpha, linked = x
        pairs = _softmax(alpha[:, :, None] + chain.transitions, 1) * posterior[:, None]  # (batch, from, to)
        pairs = ops.where(linked[..., None], pairs, 0.0)
        counts = counts + ops.einsum("b,bij->ij", row_weights, pairs)
        return ops.where(linked, ops.sum(pairs, 2), posterior), counts

    last = _softmax(alphas[-1] + chain.end, -1)
    init = (last, ops.zeros_like(chain.transitions))
    (_, counts), (posteriors, _) = scan(step, init, (before, linked), reverse=True)
    return ops.concatenate([posteriors[1:], last[None]], 0), counts


def _softmax(x: Any, axis: int) -> Any:
    """Softmax without Keras' warning about an axis of size 1: a single tag is a fine chain."""
    exponentials = ops.exp(x - ops.max(x, axis, keepdims=True))
    return exponentials / ops.sum(exponentials, axis, keepdims=True)
