"""From scores to probabilities by one number (Platt's scaling with a shared slope)."""

from __future__ import annotations

import numpy as np

from nlpx.tasks.classification.label_set import log_softmax

LIMITS = (-4.0, 6.0)
"""The slope lies between e to the power of these."""


def best_scale(scores: np.ndarray, targets: np.ndarray, *, several: bool) -> float:
    """The factor of scores `(texts, labels)` under which the targets are most likely.

    Args:
        scores: cross-validated, so that they are as sure as those of new texts.
        targets: of 0 and 1.
    """
    from scipy.optimize import minimize_scalar

    def loss(slope: float) -> float:
        logits = scores * np.exp(slope)
        if several:
            return float(np.logaddexp(0, np.where(targets > 0, -logits, logits)).mean())
        return float(-(targets * log_softmax(logits)).sum() / len(targets))

    return float(np.exp(minimize_scalar(loss, bounds=LIMITS, method="bounded").x))
