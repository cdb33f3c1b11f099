"""Compiled functions and gradients of a network on TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from nlpx.explain.door import Door


def compiled(door: Door, function: Callable[..., Any]) -> Callable[..., np.ndarray]:
    """A Keras function of arrays and dicts of arrays, as one graph."""
    run = tf.function(
        lambda *arguments: tf.cast(function(*arguments), tf.float32),
        jit_compile=door.jit_compile,
        autograph=False,
    )
    return lambda *arguments: np.asarray(run(*map(_tensors, arguments)))


def slopes(
    door: Door, logit: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], tuple[np.ndarray, np.ndarray]]:
    """The logits `(batch,)` and their gradients with respect to the first argument."""

    @tf.function(jit_compile=door.jit_compile, autograph=False)
    def run(vectors: Any, context: Any) -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(vectors)
            logits = logit(vectors, context)
        return tf.cast(logits, tf.float32), tape.gradient(logits, vectors)

    def call(vectors: Any, context: Any) -> tuple[np.ndarray, np.ndarray]:
        logits, gradients = run(_tensors(vectors), _tensors(context))
        return np.asarray(logits), np.asarray(gradients)

    return call


def _tensors(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: tf.convert_to_tensor(array) for name, array in value.items()}
    return tf.convert_to_tensor(value)
