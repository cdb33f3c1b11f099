"""How far confidence is from how often a model is right."""

from __future__ import annotations

import numpy as np

BINS = 15


def calibration_bins(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> np.ndarray:
    """Answers, mean confidence and share right of each bin of equal width, `(bins, 3)`; empty bins are 0.

    Args:
        confidence: probability of each answer `(answers,)`.
        right: whether it is right `(answers,)`.
    """
    place = np.minimum((np.asarray(confidence) * bins).astype(int), bins - 1)
    sums = [np.bincount(place, weights, bins) for weights in (np.ones(len(place)), confidence, right)]
    filled = np.maximum(sums[0], 1)
    return np.stack([sums[0], sums[1] / filled, sums[2] / filled], axis=1)


def equally_full_bins(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> np.ndarray:
    """The same of bins that hold equally many answers each, in the order of their confidence, `(bins, 3)`.

    Args:
        confidence, right: of each answer, as for `calibration_bins`.
    """
    sure, hit = np.asarray(confidence, float), np.asarray(right, float)
    order = np.lexsort((hit, sure))
    bounds = np.arange(bins + 1) * len(order) // bins
    sums = np.stack([np.concatenate([[0.0], np.cumsum(column[order])])[bounds] for column in (sure, hit)])
    counts, parts = np.diff(bounds), np.diff(sums, axis=1)
    return np.stack([counts, *(parts / np.maximum(counts, 1))], axis=1)


def calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> float:
    """Expected calibration error: the mean gap between confidence and share right, weighted by answers; in [0, 1]."""
    if not len(confidence):
        return 0.0
    return gap(calibration_bins(confidence, np.asarray(right, float), bins))


def gap(table: np.ndarray) -> float:
    """The calibration error of a table of bins; 0 where all are empty."""
    whole = table[:, 0].sum()
    return float((table[:, 0] * np.abs(table[:, 1] - table[:, 2])).sum() / whole) if whole else 0.0
