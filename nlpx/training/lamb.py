"""LAMB (You et al. 2020), as its authors have it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops


class Lamb(keras.optimizers.Lamb):
    """``w -= lr · ||w|| / ||u|| · u`` with ``u = m̂ / (√v̂ + ε) + λ w``, per variable.

    Unlike Keras' own, weight decay is part of u, so that it keeps its size beside a step that is relative to the
    weights; and the ratio is 1, and λ is 0, for biases and everything of fewer than two axes. It is also 1 for what
    starts as zeros: relative to nothing, it would stay there.

    Args:
        weight_decay: λ.
    """

    def __init__(self, *args: Any, weight_decay: float | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"epsilon": 1e-6, **kwargs})
        self.decay = weight_decay or 0.0

    def build(self, variables: list[keras.Variable]) -> None:
        super().build(variables)
        free = [len(v.shape) < 2 or "bias" in v.name for v in variables]
        self._decayed = [not f for f in free]
        self._adapted = [
            not f and bool(np.any(ops.convert_to_numpy(v))) for f, v in zip(free, variables, strict=True)
        ]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        index = self._get_variable_index(variable)
        weights = ops.convert_to_tensor(variable)
        update = self._adam_step(ops.cast(gradient, weights.dtype), index)
        if self._decayed[index]:
            update = update + self.decay * weights
        rate = ops.cast(learning_rate, weights.dtype)
        if self._adapted[index]:
            rate = rate * _ratio(weights, update)
        self.assign_sub(variable, rate * update)

    def _adam_step(self, gradient: Any, index: int) -> Any:
        """m̂ / (√v̂ + ε)."""
        moments = self._momentums[index], self._velocities[index]
        means = []
        powers = (gradient, self.beta_1), (ops.square(gradient), self.beta_2)
        for moment, (new, decay) in zip(moments, powers, strict=True):
            before = ops.convert_to_tensor(moment)
            mean = before + (new - before) * (1 - decay)
            self.assign(moment, mean)
            means.append(mean / (1 - ops.power(ops.cast(decay, new.dtype), self._step(new.dtype))))
        return means[0] / (ops.sqrt(means[1]) + self.epsilon)

    def _step(self, dtype: Any) -> Any:
        return ops.cast(self.iterations + 1, dtype)


def _ratio(weights: Any, update: Any) -> Any:
    """||w|| / ||u||; 1 where either is 0."""
    over, under = (ops.sqrt(ops.sum(ops.square(x))) for x in (weights, update))
    defined = ops.logical_and(over > 0, under > 0)
    return ops.where(defined, over / ops.where(defined, under, 1.0), 1.0)
