"""Gradients of several batches as those of one that holds all their texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from nlpx.training.passes import dense


class Accumulation:
    """The mean of gradients over batches, each with its own weight.

    A loss is a mean, over the real texts of a batch as a rule, so the gradient of a batch counts as often as it has
    real texts. A model whose loss is a mean over something else says so by ``loss_weight(batch)``, the number of that.

    Args:
        model: built.
        batches: per optimiser step; with 1 there is nothing to keep.
    """

    def __init__(self, model: keras.Model, batches: int) -> None:
        self.batches, self._model = batches, model
        self._trained = model.trainable_variables if batches > 1 else []
        self._sums = [
            keras.Variable(ops.zeros(v.shape, v.dtype), trainable=False, name=f"sum_{index}")
            for index, v in enumerate(self._trained)
        ]
        self._weight = [keras.Variable(0.0, trainable=False, name="weight")] if batches > 1 else []

    @property
    def variables(self) -> list[keras.Variable]:
        """What has to be known to go on in the middle of a step."""
        return [*self._sums, *self._weight]

    def weight_of(self, batch: Any) -> Any:
        """How much a batch counts, float32."""
        own = getattr(self._model, "loss_weight", None)
        return ops.cast(real_texts(batch) if own is None else own(batch), "float32")

    def add(self, gradients: Sequence[Any], weight: Any) -> None:
        """Take in the gradients of a batch."""
        for total, gradient in zip(self._sums, dense(gradients, self._trained), strict=True):
            total.assign_add(ops.cast(weight, gradient.dtype) * gradient)
        self._weight[0].assign_add(weight)

    def take(self) -> list[Any]:
        """The mean gradients so far; and begin anew."""
        weight = ops.maximum(ops.convert_to_tensor(self._weight[0]), 1e-9)
        means = [ops.convert_to_tensor(total) / ops.cast(weight, total.dtype) for total in self._sums]
        for variable in self.variables:
            variable.assign(ops.zeros(variable.shape, variable.dtype))
        return means


def real_texts(batch: Any) -> Any:
    """Rows of a batch that do not merely fill it."""
    return ops.sum(ops.cast(ops.any(ops.cast(batch["mask"], "bool"), axis=1), "float32"))
