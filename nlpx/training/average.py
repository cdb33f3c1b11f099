"""Exponential moving average of the trainable weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras import ops


class WeightAverage:
    """A moving average ``a += w (v - a)`` of every variable v, updated after each optimiser step.

    Plain: ``w = 1 - decay``, so the initial weights keep the share ``decay^t`` after t steps. Debiased:
    ``w = (1 - decay) / (1 - decay^t)``, the same as a start at zero divided by ``1 - decay^t``: the initial
    weights count for nothing.

    Args:
        variables: of the model, built. The average starts at their values.
        decay: in (0, 1); None for no average, and then nothing here does anything.
        debias: see above.
    """

    def __init__(self, variables: Sequence[keras.Variable], decay: float | None, *, debias: bool) -> None:
        self._variables = list(variables) if decay is not None else []
        self.decay, self.debias = decay or 0.0, debias
        self.averages = [
            keras.Variable(
                keras.ops.convert_to_numpy(v), trainable=False, dtype=v.dtype, name=f"average_{index}"
            )
            for index, v in enumerate(self._variables)
        ]
        self._kept: list[np.ndarray] = []

    def update(self, step: Any) -> None:
        """Take in the variables' values after the optimiser step of this 1-based number, maybe in a graph."""
        weight: Any = 1.0 - self.decay
        if self.debias and self.averages:
            weight = weight / (1.0 - ops.power(self.decay, ops.cast(step, "float32")))
        for average, variable in zip(self.averages, self._variables, strict=True):
            share = ops.cast(weight, variable.dtype)
            average.assign_add(share * (ops.convert_to_tensor(variable) - ops.convert_to_tensor(average)))

    @contextmanager
    def swapped_in(self) -> Iterator[None]:
        """The variables hold their averages inside the block, and what they held before after it."""
        self._kept = [np.array(ops.convert_to_numpy(variable)) for variable in self._variables]
        try:
            for variable, average in zip(self._variables, self.averages, strict=True):
                variable.assign(ops.convert_to_numpy(average))
            yield
        finally:
            self.swap_out()

    def swap_out(self) -> None:
        """Undo a swap. May be called again, where Ctrl-C cut the first call short."""
        for variable, value in zip(self._variables, self._kept, strict=False):
            variable.assign(value)
        self._kept = []
