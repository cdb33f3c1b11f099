"""The training step on TensorFlow: gradients, a dense update, the moving average."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from nlpx.training.average import WeightAverage
from nlpx.training.batching import Batch


def make_step(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, average: WeightAverage, *, jit_compile: bool
) -> Callable[[Batch], float]:
    """A function that trains on one batch and returns its loss; see `nlpx.training.step`.

    The update is compiled by XLA even where the network is not: it walks over every weight once instead of a
    dozen times, which halves the step of a small network with large embeddings. Sparse gradients are made
    dense in between, because XLA's scatter runs on one core.
    """
    variables = model.trainable_variables

    @tf.function(jit_compile=jit_compile, autograph=False)
    def gradients(batch: Any) -> tuple[Any, list[Any]]:
        with tf.GradientTape() as tape:
            outputs = model(batch, training=True)
            loss = model.compute_loss(x=batch, y=None, y_pred=outputs, sample_weight=None, training=True)
        return loss, tape.gradient(loss, variables)

    @tf.function(jit_compile=True, autograph=False)
    def update(values: list[Any]) -> None:
        optimizer.apply(values, variables)
        average.update(optimizer.iterations)

    @tf.function(autograph=False)
    def step(batch: Any) -> Any:
        loss, values = gradients(batch)
        update([value if value is None else tf.convert_to_tensor(value) for value in values])
        return loss

    def run(batch: Batch) -> float:
        return float(step({name: tf.convert_to_tensor(array) for name, array in batch.items()}))

    return run
