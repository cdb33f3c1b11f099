"""The training step on TensorFlow: gradients, a dense update, the moving average."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from nlpx.training import step_mirrored
from nlpx.training.average import WeightAverage
from nlpx.training.batching import Batch
from nlpx.training.options import Options
from nlpx.training.step import Step, mover


def make_step(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    average: WeightAverage,
    options: Options,
    *,
    jit_compile: bool,
) -> Step:
    """A function that trains on one batch and returns its loss; see `nlpx.training.step`.

    The update is compiled by XLA even where the network is not: it walks over every weight once instead of a
    dozen times, which halves the step of a small network with large embeddings. Sparse gradients are made
    dense in between, because XLA's scatter runs on one core.
    """
    if tf.distribute.get_strategy().num_replicas_in_sync > 1:
        return step_mirrored.make_step(
            model, optimizer, average, options, differentiate=differentiate, jit_compile=jit_compile
        )
    sums = options.accumulation
    move = tf.function(mover(model, optimizer, average, options), jit_compile=True, autograph=False)
    add = tf.function(sums.add, jit_compile=True, autograph=False)

    @tf.function(jit_compile=jit_compile, autograph=False)
    def gradients(batch: Any) -> tuple[Any, list[Any]]:
        return options.gradients(batch, differentiate)

    @tf.function(autograph=False)
    def step(batch: Any) -> Any:
        loss, values = gradients(batch)
        values = [value if value is None else tf.convert_to_tensor(value) for value in values]
        if sums.batches == 1:
            move(values)
        else:
            add(values, sums.weight_of(batch))
        return loss

    @tf.function(jit_compile=True, autograph=False)
    def move_by_mean() -> None:
        move(sums.take())

    def run(batch: Batch, last: bool = True) -> float:
        loss = step({name: tf.convert_to_tensor(array) for name, array in batch.items()})
        if last and sums.batches > 1:
            move_by_mean()
        return float(loss)

    return run


def differentiate(function: Callable[[], Any], variables: Sequence[keras.Variable]) -> tuple[Any, list[Any]]:
    """See `nlpx.training.gradients.Differentiate`."""
    with tf.GradientTape() as tape:
        value = function()
    return value, tape.gradient(value, list(variables))
