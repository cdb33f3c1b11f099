"""The training step on several devices of TensorFlow: gradients of parts of a batch, one update for all."""

from __future__ import annotations

from types import MethodType
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from nlpx.training.average import WeightAverage
from nlpx.training.batching import Batch
from nlpx.training.gradients import Differentiate
from nlpx.training.options import Options
from nlpx.training.passes import dense
from nlpx.training.step import Step, mover


def make_step(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    average: WeightAverage,
    options: Options,
    *,
    differentiate: Differentiate,
    jit_compile: bool,
) -> Step:
    """A function that trains on one batch and returns its loss; inside the scope of a strategy.

    A part counts by its real texts, or by what else its loss is a mean over, so that the mean over the parts is that
    over the batch.
    """
    _update_all_copies(optimizer)
    strategy, sums = tf.distribute.get_strategy(), options.accumulation
    variables = model.trainable_variables
    move = mover(model, optimizer, average, options)

    @tf.function(jit_compile=jit_compile, autograph=False)
    def part(batch: Any) -> tuple[Any, Any, list[Any]]:
        loss, gradients = options.gradients(batch, differentiate)
        weight = sums.weight_of(batch)
        return weight, loss * weight, [gradient * weight for gradient in dense(gradients, variables)]

    @tf.function(autograph=False)
    def step(batch: Any) -> Any:
        weights, losses, gradients = strategy.run(part, args=(batch,))
        weight = _sum(weights)
        whole = tf.maximum(weight, 1e-9)
        means = [_sum(gradient) / whole for gradient in gradients]
        if sums.batches == 1:
            move(means)
        else:
            sums.add(means, weight)
        return _sum(losses) / whole

    def _sum(value: Any) -> Any:
        return strategy.reduce(tf.distribute.ReduceOp.SUM, value, axis=None)

    @tf.function(autograph=False)
    def move_by_mean() -> None:
        move(sums.take())

    def run(batch: Batch, last: bool = True) -> float:
        count = strategy.num_replicas_in_sync
        loss = step({name: _spread(np.split(array, count)) for name, array in batch.items()})
        if last and sums.batches > 1:
            move_by_mean()
        return float(loss)

    def _spread(parts: list[np.ndarray]) -> Any:
        def of(context: Any) -> Any:
            return tf.convert_to_tensor(parts[context.replica_id_in_sync_group])

        return strategy.experimental_distribute_values_from_function(of)

    return run


def _update_all_copies(optimizer: keras.optimizers.Optimizer) -> None:
    """Have the optimiser move mirrored weights by gradients that are summed already.

    Keras' optimisers of TensorFlow sum gradients on their own, after they have clipped those of each part; Keras' own
    code just assigns, and an assignment outside of the parts reaches every copy.
    """
    general = next(kind for kind in type(optimizer).__mro__ if kind.__name__ == "BaseOptimizer")
    for name in ("_backend_update_step", "_apply_weight_decay"):
        own = next(kind for kind in type(optimizer).__mro__ if name in vars(kind))
        if own.__name__ == "TFOptimizer":  # and not one of ours
            setattr(optimizer, name, MethodType(getattr(general, name), optimizer))
