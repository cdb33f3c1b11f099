"""The threshold that an answer's probability must exceed: the one by which held-out texts score best."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nlpx.stats.scores import scores
from nlpx.tasks.entity_linking.example import Example, Prediction
from nlpx.tasks.entity_linking.metrics_rules import RULES

GRID = np.round(np.arange(0.06, 0.90, 0.02), 2)
REACH = 2
"""Neighbours on each side that a threshold is averaged with, because the best of many noisy scores is a lucky one."""
NOISE = 0.1
"""Divided by the square root of the number of texts: differences of F1 that mean nothing."""


def tune(
    examples: Sequence[Example], answer: Callable[[float], Sequence[Prediction]], rule: str
) -> tuple[float, float]:
    """The best threshold of `GRID` and the score of its answers.

    Of thresholds as good as the best one but for noise, it is the one nearest to what theory wants of calibrated
    probabilities, which is half the F1 that can be reached.

    Args:
        answer: predictions for the examples by threshold.
        rule: one of `RULES`.
    """
    found = np.array([score(examples, answer(value), rule) for value in GRID.tolist()])
    padded = np.pad(found, REACH, mode="edge")
    smooth = np.convolve(padded, np.full(2 * REACH + 1, 1 / (2 * REACH + 1)), mode="valid")
    good = np.flatnonzero(smooth >= smooth.max() - NOISE / max(1, len(examples)) ** 0.5)
    best = good[np.argmin(np.abs(GRID[good] - smooth.max() / 2))]
    return float(GRID[best]), float(found[best])


def score(examples: Sequence[Example], predictions: Sequence[Prediction], rule: str) -> float:
    """F1 of predictions by a rule."""
    pairs = zip(examples, predictions, strict=True)
    counts = np.array([RULES[rule](*pair) for pair in pairs if pair[0].labelled], float).reshape(-1, 3)
    return float(scores(counts.sum(axis=0))[2])


def calibration_error(probabilities: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: how far probabilities are from shares that are right, over equally full bins.

    Guo et al., 2017, https://arxiv.org/abs/1706.04599; 0 where there is nothing to compare.
    """
    order = np.argsort(probabilities, kind="stable")
    parts = [part for part in np.array_split(order, bins) if part.size]
    gaps = [abs(probabilities[part].mean() - right[part].mean()) * part.size for part in parts]
    return float(sum(gaps) / max(1, len(probabilities)))
