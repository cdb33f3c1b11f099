"""The training step on JAX: a pure function of all state, compiled as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import keras

from nlpx.training.average import WeightAverage
from nlpx.training.batching import Batch


def make_step(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, average: WeightAverage
) -> Callable[[Batch], float]:
    """A function that trains on one batch and returns its loss; see `nlpx.training.step`."""
    trainable = model.trainable_variables
    others = model.non_trainable_variables
    tail = [*optimizer.variables, *average.averages]
    variables = [*trainable, *others, *tail]

    def loss_of(weights: list[Any], rest: list[Any], batch: Any) -> tuple[Any, list[Any]]:
        mapping = list(zip([*trainable, *others], [*weights, *rest], strict=True))
        with keras.StatelessScope(state_mapping=mapping) as scope:
            outputs = model(batch, training=True)
            loss = model.compute_loss(x=batch, y=None, y_pred=outputs, sample_weight=None, training=True)
        return loss, [_current(scope, variable, value) for variable, value in zip(others, rest, strict=True)]

    def step(state: list[Any], batch: Any) -> tuple[Any, list[Any]]:
        first, second = len(trainable), len(trainable) + len(others)
        weights, rest = state[:first], state[first:second]
        (loss, rest), gradients = jax.value_and_grad(loss_of, has_aux=True)(weights, rest, batch)
        mapping = list(
            zip([*trainable, *tail], [*weights, *state[len(trainable) + len(others) :]], strict=True)
        )
        with keras.StatelessScope(state_mapping=mapping) as scope:
            optimizer.apply(gradients, trainable)
            average.update(optimizer.iterations)
        moved = [_current(scope, variable, value) for variable, value in mapping]
        return loss, [*moved[:first], *rest, *moved[first:]]

    compiled = jax.jit(step, donate_argnums=0)

    def run(batch: Batch) -> float:
        loss, state = compiled([variable.value for variable in variables], batch)
        for variable, value in zip(variables, state, strict=True):
            variable.assign(value)
        return float(loss)

    return run


def _current(scope: Any, variable: keras.Variable, before: Any) -> Any:
    value = scope.get_current_value(variable)
    return before if value is None else value
