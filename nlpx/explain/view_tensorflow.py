"""Compiled functions and gradients of a network on TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from nlpx.explain.gradient_model import GradientModel
from nlpx.layers.recurrent import gradient_ahead


def compiled(network: GradientModel, function: Callable[..., Any]) -> Callable[..., np.ndarray]:
    """A Keras function of arrays and dicts of arrays, as one graph."""
    run = tf.function(
        lambda *arguments: tf.cast(function(*arguments), tf.float32),
        jit_compile=network.jit_compile,
        autograph=False,
    )
    return lambda *arguments: np.asarray(run(*map(_tensors, arguments)))


def slopes(
    network: GradientModel, logit: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], tuple[np.ndarray, np.ndarray]]:
    """The logits `(batch,)` and their gradients with respect to the first argument."""

    @tf.function(jit_compile=network.jit_compile, autograph=False)
    def run(vectors: Any, context: Any) -> Any:
        with gradient_ahead(), tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(vectors)
            logits = logit(vectors, context)
        return tf.cast(logits, tf.float32), tape.gradient(logits, vectors)

    def call(vectors: Any, context: Any) -> tuple[np.ndarray, np.ndarray]:
        logits, gradients = run(_tensors(vectors), _tensors(context))
        return np.asarray(logits), np.asarray(gradients)

    return call


def along(network: GradientModel, logit: Callable[[Any, Any], Any]) -> Callable[..., np.ndarray]:
    """Inner products of vectors and gradients at shares of them, as `View.along`."""

    @tf.function(jit_compile=network.jit_compile, autograph=False)
    def run(vectors: Any, context: Any, rows: Any, shares: Any) -> Any:
        ends = tf.gather(vectors, rows)
        points = ends * shares[:, None, None]
        with gradient_ahead(), tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(points)
            logits = logit(points, {name: tf.gather(array, rows) for name, array in context.items()})
        return tf.reduce_sum(tape.gradient(logits, points) * ends, axis=-1)

    def call(vectors: Any, context: Any, rows: np.ndarray, shares: np.ndarray) -> np.ndarray:
        points = tf.convert_to_tensor(shares.astype(np.float32))
        return np.asarray(run(_tensors(vectors), _tensors(context), tf.convert_to_tensor(rows), points))

    return call


def _tensors(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: tf.convert_to_tensor(array) for name, array in value.items()}
    return tf.convert_to_tensor(value)
