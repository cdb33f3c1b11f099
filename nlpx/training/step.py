"""One training step, on whichever backend Keras runs.

What a model has to offer, besides being a `keras.Model`:

- ``model(batch, training=True)`` takes the batch: a dict of ``(batch, length, ...)`` tensors with features,
  targets and ``mask``, ``(batch, length)`` bool, True = real. A row that only fills the batch has no True.
- ``model.compute_loss(x=batch, y=None, y_pred=outputs, sample_weight=None, training=True)`` gives the scalar
  to minimise: the mean over the texts (or positions) that are real.
"""

from __future__ import annotations

from collections.abc import Callable

import keras

from nlpx.training.average import WeightAverage
from nlpx.training.batching import Batch


def make_step(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, average: WeightAverage, *, jit_compile: bool
) -> Callable[[Batch], float]:
    """A function that trains on one batch and returns its loss.

    Args:
        model: built; see above.
        optimizer: built for the model's trainable variables.
        average: updated after each step.
        jit_compile: compile the network with XLA, once per shape of batch; JAX does so in any case.
    """
    if keras.backend.backend() == "tensorflow":
        from nlpx.training import step_tensorflow

        return step_tensorflow.make_step(model, optimizer, average, jit_compile=jit_compile)
    from nlpx.training import step_jax

    return step_jax.make_step(model, optimizer, average)
