"""Losses of texts with classes: logits `(batch, labels)` and targets `(batch, labels)` of 0 and 1 -> `(batch,)`."""

from __future__ import annotations

from keras import ops

from nlpx.layers.masking import Tensor


def cross_entropy(
    logits: Tensor,
    targets: Tensor,
    *,
    smoothing: float = 0.0,
    focus: float = 0.0,
    weights: Tensor | None = None,
) -> Tensor:
    """-(1 - ε) log p_t - ε/K Σ_i log p_i, for texts of exactly one class.

    Args:
        smoothing: ε in [0, 1), the share of the target that is spread over all K classes.
        focus: γ >= 0 of the focal loss (Lin et al. 2017): a text's loss times (1 - p_t)^γ.
        weights: per class `(labels,)`; a text's loss is multiplied by that of its class.
    """
    log_p = logits - ops.logsumexp(logits, axis=-1, keepdims=True)  # (batch, labels)
    log_true = ops.sum(targets * log_p, axis=-1)  # (batch,)
    loss = -(1 - smoothing) * log_true - smoothing * ops.mean(log_p, axis=-1)
    if focus:
        # At p_t = 1 the power has no finite gradient where γ < 1; 1e-6 keeps it away.
        loss = loss * ops.power(ops.clip(1 - ops.exp(log_true), 1e-6, 1.0), focus)
    return loss if weights is None else loss * ops.sum(targets * weights, axis=-1)


def multi_label(logits: Tensor, targets: Tensor) -> Tensor:
    """log(1 + Σ_neg e^s) + log(1 + Σ_pos e^-s) (Su, kexue.fm/archives/7359); a class is predicted where s > 0.

    No class dominates by being one of many negative ones, and no threshold has to be tuned.
    """
    signed = ops.where(targets > 0, -logits, logits)  # (batch, labels)
    zero = ops.zeros_like(signed[:, :1])
    negative = ops.where(targets > 0, -1e9, signed)
    positive = ops.where(targets > 0, signed, -1e9)
    return sum(
        ops.logsumexp(ops.concatenate([zero, part], axis=-1), axis=-1) for part in (negative, positive)
    )
