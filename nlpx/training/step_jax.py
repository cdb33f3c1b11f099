"""The training step on JAX: a pure function of all state, compiled as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import keras

from nlpx.training.average import WeightAverage
from nlpx.training.batching import Batch
from nlpx.training.devices import parted
from nlpx.training.gradients import Differentiate
from nlpx.training.options import Options
from nlpx.training.step import Step, mover


def make_step(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, average: WeightAverage, options: Options
) -> Step:
    """A function that trains on one batch and returns its loss; see `nlpx.training.step`."""
    sums = options.accumulation
    move = mover(model, optimizer, average, options)
    variables = [*model.variables, *optimizer.variables, *average.averages, *options.variables]
    differentiate = differentiate_among([*model.variables, *options.variables])

    def step(batch: Any) -> Any:
        loss, gradients = options.gradients(batch, differentiate)
        if sums.batches == 1:
            move(gradients)
        else:
            sums.add(gradients, sums.weight_of(batch))
        return loss

    compiled = _compiled(step, variables)
    move_by_mean = _compiled(lambda: move(sums.take()), variables)

    def run(batch: Batch, last: bool = True) -> float:
        loss = compiled(parted(batch))
        if last and sums.batches > 1:
            move_by_mean()
        return float(loss)

    return run


def _compiled(function: Callable[..., Any], variables: Sequence[keras.Variable]) -> Callable[..., Any]:
    """A function that changes variables, as one program."""

    def pure(state: list[Any], *args: Any) -> tuple[Any, list[Any]]:
        with keras.StatelessScope(state_mapping=list(zip(variables, state, strict=True))) as scope:
            result = function(*args)
        return result, [scope.get_current_value(variable) for variable in variables]

    program = jax.jit(pure, donate_argnums=0)

    def run(*args: Any) -> Any:
        result, state = program([variable.value for variable in variables], *args)
        for variable, value in zip(variables, state, strict=True):
            variable.assign(value)
        return result

    return run


def differentiate_among(known: Sequence[keras.Variable]) -> Differentiate:
    """See `nlpx.training.gradients.Differentiate`; inside a stateless scope.

    Args:
        known: all variables that functions may look at or change.
    """

    def differentiate(
        function: Callable[[], Any], variables: Sequence[keras.Variable]
    ) -> tuple[Any, list[Any]]:
        chosen = {id(variable) for variable in variables}
        others = [variable for variable in known if id(variable) not in chosen]
        fixed = [variable.value for variable in others]

        def pure(values: list[Any]) -> tuple[Any, list[Any]]:
            mapping = [*zip(variables, values, strict=True), *zip(others, fixed, strict=True)]
            with keras.StatelessScope(state_mapping=mapping) as scope:
                value = function()
            return value, [scope.get_current_value(variable) for variable in others]

        start = [variable.value for variable in variables]
        (value, changed), gradients = jax.value_and_grad(pure, has_aux=True)(start)
        for variable, now in zip(others, changed, strict=True):
            variable.assign(now)
        return value, gradients

    return differentiate
