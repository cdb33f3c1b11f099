"""A model's forward pass, compiled once per shape of batch, on whichever backend Keras runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from nlpx.training.batching import Batch


def compile_forward(model: keras.Model, *, jit_compile: bool) -> Callable[[Batch], np.ndarray]:
    """A function from a batch to the model's outputs, for inference.

    Unlike `Model.predict_on_batch` it keeps the static shapes of the batch, which compiled kernels need. Batches come
    in few shapes (`nlpx.training.batching`), so each is traced once. The weights are read at each call.

    Args:
        model: built; takes the batch, a dict of arrays.
        jit_compile: compile the whole pass with XLA; on JAX it always is.
    """
    if keras.backend.backend() == "jax":
        return _jax(model)
    import tensorflow as tf

    run = tf.function(lambda batch: model(batch, training=False), jit_compile=jit_compile, autograph=False)
    return lambda batch: np.asarray(run({name: tf.convert_to_tensor(array) for name, array in batch.items()}))


def _jax(model: keras.Model) -> Callable[[Batch], np.ndarray]:
    import jax

    @jax.jit
    def run(trainable: Any, fixed: Any, batch: Any) -> Any:
        return model.stateless_call(trainable, fixed, batch, training=False)[0]

    def forward(batch: Batch) -> np.ndarray:
        trainable = [variable.value for variable in model.trainable_variables]
        fixed = [variable.value for variable in model.non_trainable_variables]
        return np.asarray(run(trainable, fixed, batch))

    return forward
