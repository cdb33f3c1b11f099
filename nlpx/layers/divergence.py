"""Kullback-Leibler divergences of what two passes predict, KL(p || q), from their logits."""

from __future__ import annotations

from keras import ops

from nlpx.layers.masking import Tensor


def categorical(logits: Tensor, others: Tensor) -> Tensor:
    """Σ_k p_k (log p_k - log q_k) of the softmax over the last axis: `(..., classes)` -> `(...,)`."""
    log_p = logits - ops.logsumexp(logits, axis=-1, keepdims=True)
    log_q = others - ops.logsumexp(others, axis=-1, keepdims=True)
    return ops.sum(ops.exp(log_p) * (log_p - log_q), axis=-1)


def bernoulli(logits: Tensor, others: Tensor) -> Tensor:
    """Of each element's own yes and no, with p = sigmoid(logit): `(...,)` -> `(...,)`."""
    # log p - log q = (s - t) + softplus(t) - softplus(s), and log (1 - p) - log (1 - q) is that without s - t.
    return ops.sigmoid(logits) * (logits - others) + ops.softplus(others) - ops.softplus(logits)
