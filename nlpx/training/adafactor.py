"""AdaFactor (Shazeer & Stern 2018) without momentum."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class Adafactor(keras.optimizers.Optimizer):
    """Adam's second moment as an outer product: a row and a column of state per matrix instead of two matrices.

        V = r c / mean(r),  U = G / √V,  w -= lr · max(ε₂, RMS(w)) · U / max(1, RMS(U))

    r and c are moving means of G² + ε₁ over columns and rows, with the decay 1 - t^-0.8; what has fewer than two axes
    keeps all of V. Keras' own optimiser of this name keeps it for matrices too, which costs the memory this is for;
    it divides by zero where a row and a column of a gradient are both zero, and caps the learning rate at 1/√t.

    Args:
        epsilon: ε₁ and ε₂.
        power: of t.
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        *,
        epsilon: tuple[float, float] = (1e-30, 1e-3),
        power: float = -0.8,
        name: str = "adafactor",
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.epsilon, self.power = epsilon, power

    def build(self, variables: list[keras.Variable]) -> None:
        if self.built:
            return
        super().build(variables)
        self._moments = [
            [
                self.add_variable(shape, dtype=v.dtype, name=f"moment_{i}")
                for i, shape in enumerate(_shapes(v))
            ]
            for v in variables
        ]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        weights = ops.convert_to_tensor(variable)
        gradient = ops.cast(gradient, weights.dtype)
        update = gradient * self._scale(gradient, self._moments[self._get_variable_index(variable)])
        update = update / ops.maximum(1.0, _rms(update))
        rate = ops.cast(learning_rate, weights.dtype) * ops.maximum(self.epsilon[1], _rms(weights))
        self.assign_sub(variable, rate * update)

    def _scale(self, gradient: Any, moments: list[keras.Variable]) -> Any:
        """1 / √V, of the gradient's shape or one that broadcasts to it."""
        keep = 1.0 - ops.power(ops.cast(self.iterations + 1, gradient.dtype), self.power)
        square = ops.square(gradient) + self.epsilon[0]
        news = [square] if len(moments) == 1 else [ops.mean(square, axis=-1), ops.mean(square, axis=-2)]
        means = [
            keep * ops.convert_to_tensor(m) + (1.0 - keep) * new for m, new in zip(moments, news, strict=True)
        ]
        for moment, mean in zip(moments, means, strict=True):
            self.assign(moment, mean)
        if len(means) == 1:
            return ops.rsqrt(means[0])
        rows, columns = means
        # Each root by itself: their product may be too small to be told from zero.
        rows = ops.rsqrt(rows / ops.mean(rows, axis=-1, keepdims=True))
        return rows[..., :, None] * ops.rsqrt(columns)[..., None, :]


def _shapes(variable: keras.Variable) -> list[tuple[int, ...]]:
    shape = tuple(variable.shape)
    return [shape] if len(shape) < 2 else [shape[:-1], (*shape[:-2], shape[-1])]


def _rms(x: Any) -> Any:
    return ops.sqrt(ops.mean(ops.square(x)))
