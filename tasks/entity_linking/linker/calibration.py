"""From scores to probabilities: Platt's sigmoid, fitted by Newton's method."""

from __future__ import annotations

import numpy as np

STEPS = 30
RIDGE = 1e-3
"""Draws the sigmoid to the given scores, which keeps it finite where they separate the classes."""


def fit_sigmoid(scores: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Slope and offset such that ``sigmoid(slope * score + offset)`` is calibrated; (1, 0) where it is already.

    Args:
        scores: float (rows,), log-odds that need not be calibrated.
        labels: bool (rows,).
    """
    design = np.stack([scores, np.ones(len(scores))], 1)
    start = np.array([1.0, 0.0])
    found = start.copy()
    for _ in range(STEPS):
        probability = sigmoid(design @ found)
        slope = design.T @ (probability - labels) + RIDGE * (found - start)
        curve = (design * (probability * (1 - probability))[:, None]).T @ design
        step = np.linalg.solve(curve + RIDGE * np.eye(2), slope)
        found -= np.clip(step, -1, 1)  # far from the optimum the parabola overshoots
        if np.abs(step).max() < 1e-9:
            break
    return float(found[0]), float(found[1])


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """``1 / (1 + exp(-scores))`` without overflow."""
    half = np.exp(-np.abs(scores))
    return np.where(scores >= 0, 1 / (1 + half), half / (1 + half))


def log_loss(scores: np.ndarray, labels: np.ndarray) -> float:
    """The summed negative log-likelihood of labels under ``sigmoid(scores)``."""
    return float(np.logaddexp(0, np.where(labels, -scores, scores)).sum())
