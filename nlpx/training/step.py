"""One training step, on whichever backend Keras runs.

What a model has to offer, besides being a `keras.Model`:

- ``model(batch, training=True)`` takes the batch: a dict of ``(batch, length, ...)`` tensors with features,
  targets and ``mask``, ``(batch, length)`` bool, True = real. A row that only fills the batch has no True.
- ``model.compute_loss(x=batch, y=None, y_pred=outputs, sample_weight=None, training=True)`` gives the scalar
  to minimise: the mean over the texts (or positions) that are real.

Some options ask for more, if they are on:

- ``model.divergence(outputs, others, batch)`` gives KL(outputs || others) of two passes, a mean over the real texts.
- ``model.loss_weight(batch)`` gives the number of what the loss is a mean over, where that is not the real texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import keras

from nlpx.config.training import TrainingConfig
from nlpx.training.average import WeightAverage
from nlpx.training.batching import Batch
from nlpx.training.options import Options, build_options


class Step(Protocol):
    """A function that trains on one batch and returns its loss.

    With `accumulate` the weights move where `last` says that it is the last batch of an optimiser step.
    """

    def __call__(self, batch: Batch, last: bool = True) -> float: ...


def make_step(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    average: WeightAverage,
    *,
    jit_compile: bool,
    options: Options | None = None,
) -> Step:
    """The step of a training.

    Args:
        model: built; see above.
        optimizer: built for the model's trainable variables.
        average: updated after each optimiser step.
        jit_compile: compile the network with XLA, once per shape of batch; JAX does so in any case.
        options: of the config; None for plain training.
    """
    options = options or build_options(TrainingConfig(), model)
    if keras.backend.backend() == "tensorflow":
        from nlpx.training import step_tensorflow

        return step_tensorflow.make_step(model, optimizer, average, options, jit_compile=jit_compile)
    from nlpx.training import step_jax

    return step_jax.make_step(model, optimizer, average, options)


def mover(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, average: WeightAverage, options: Options
) -> Callable[[Sequence[Any]], None]:
    """What an optimiser step does with gradients, maybe in a graph."""
    variables = model.trainable_variables

    def move(gradients: Sequence[Any]) -> None:
        optimizer.apply(gradients, variables)
        options.lookahead.update(optimizer.iterations)
        average.update(optimizer.iterations)

    return move
