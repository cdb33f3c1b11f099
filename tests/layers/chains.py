"""Linear chains by brute force, in float64: the yardstick of everything the CRF computes; and gradients of a head."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras import ops

# Ragged, full, one position, none, padded on the left, with gaps.
MASKS = np.array(
    [
        [1, 1, 1, 1, 0, 0],
        [1, 1, 1, 1, 1, 1],
        [1, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 1, 1, 1, 1],
        [0, 1, 0, 1, 0, 1],
    ],
    dtype=bool,
)


@dataclass
class Enumeration:
    """All paths of one chain, best first."""

    paths: np.ndarray  # (paths, real positions)
    scores: np.ndarray  # (paths,) float64
    positions: np.ndarray  # of the real positions
    log_z: float = field(init=False)

    def __post_init__(self) -> None:
        order = np.argsort(-self.scores, kind="stable")
        self.paths, self.scores = self.paths[order], self.scores[order]
        self.log_z = float(np.logaddexp.reduce(self.scores))

    def log_probability(self, within: Callable[[np.ndarray], bool]) -> float:
        """Logarithm of the total probability of the paths for which `within` holds."""
        chosen = [s for p, s in zip(self.paths, self.scores, strict=True) if within(p)]
        return float(np.logaddexp.reduce(chosen)) - self.log_z

    def marginals(self, length: int, tags: int) -> np.ndarray:
        out = np.zeros((length, tags))
        for path, score in zip(self.paths, self.scores, strict=True):
            out[self.positions, path] += np.exp(score - self.log_z)
        return out


def enumerate_paths(
    emissions: np.ndarray,
    transitions: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    mask: np.ndarray,
    constraints: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
) -> Enumeration | None:
    """Every legal path of one chain (length, tags); None for an empty chain."""
    positions = np.flatnonzero(mask)
    if not len(positions):
        return None
    h, T = emissions.astype("float64"), transitions.astype("float64")
    if constraints is not None:
        T, start, end = (np.where(c, s, -np.inf) for c, s in zip(constraints, (T, start, end), strict=True))
    paths = np.array(list(itertools.product(range(len(start)), repeat=len(positions))))
    scores = start[paths[:, 0]] + end[paths[:, -1]] + h[positions, paths].sum(1)
    scores = scores.astype("float64") + T[paths[:, :-1], paths[:, 1:]].sum(1)
    legal = np.isfinite(scores)
    return Enumeration(paths[legal], scores[legal], positions)


def gradients(
    head: keras.layers.Layer, function: Callable[[Any], Any], emissions: np.ndarray
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Gradients of sum(function(emissions)), to the emissions and to each weight of the head."""
    if keras.backend.backend() == "jax":
        import jax

        def total(emissions: Any, weights: list[Any]) -> Any:
            mapping = list(zip(head.trainable_variables, weights, strict=True))
            with keras.StatelessScope(state_mapping=mapping):
                return ops.sum(function(emissions))

        values = [w.value for w in head.trainable_variables]
        d_emissions, d_weights = jax.grad(total, (0, 1))(ops.convert_to_tensor(emissions), values)
    else:
        import tensorflow as tf

        x = tf.constant(emissions)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = ops.sum(function(x))
        d_emissions, d_weights = tape.gradient(value, (x, [w.value for w in head.trainable_variables]))
    return np.array(d_emissions), [np.array(ops.convert_to_tensor(d)) for d in d_weights]


def numeric_gradient(function: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Central differences in float64."""
    at, step = at.astype("float64"), 1e-5
    out = np.zeros_like(at)
    for index in np.ndindex(*at.shape):
        moved = [at.copy(), at.copy()]
        moved[0][index] += step
        moved[1][index] -= step
        out[index] = (function(moved[0]) - function(moved[1])) / (2 * step)
    return out
