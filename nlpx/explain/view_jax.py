"""Compiled functions and gradients of a network on JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import keras
import numpy as np
from keras import ops

from nlpx.explain.gradient_model import GradientModel


def compiled(network: GradientModel, function: Callable[..., Any]) -> Callable[..., np.ndarray]:
    """A Keras function of arrays and dicts of arrays, as one program; weights are read at each call."""

    @jax.jit
    def run(weights: Any, arguments: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(network.model.variables, weights, strict=True))):
            return ops.cast(function(*arguments), "float32")

    return lambda *arguments: np.asarray(run(_weights(network), arguments))


def slopes(
    network: GradientModel, logit: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], tuple[np.ndarray, np.ndarray]]:
    """The logits `(batch,)` and their gradients with respect to the first argument."""

    def summed(vectors: Any, context: Any) -> Any:
        logits = logit(vectors, context)
        return ops.sum(logits), logits

    @jax.jit
    def run(weights: Any, vectors: Any, context: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(network.model.variables, weights, strict=True))):
            return jax.grad(summed, has_aux=True)(vectors, context)

    def call(vectors: Any, context: Any) -> tuple[np.ndarray, np.ndarray]:
        gradients, logits = run(_weights(network), vectors, context)
        return np.asarray(logits), np.asarray(gradients)

    return call


def along(network: GradientModel, logit: Callable[[Any, Any], Any]) -> Callable[..., np.ndarray]:
    """Inner products of vectors and gradients at shares of them, as `View.along`."""

    @jax.jit
    def run(weights: Any, vectors: Any, context: Any, rows: Any, shares: Any) -> Any:
        ends = vectors[rows]
        near = {name: array[rows] for name, array in context.items()}
        with keras.StatelessScope(state_mapping=list(zip(network.model.variables, weights, strict=True))):
            gradients = jax.grad(lambda points: ops.sum(logit(points, near)))(ends * shares[:, None, None])
        return (gradients * ends).sum(axis=-1)

    def call(vectors: Any, context: Any, rows: np.ndarray, shares: np.ndarray) -> np.ndarray:
        context = {name: jax.numpy.asarray(array) for name, array in context.items()}
        arrays = (jax.numpy.asarray(vectors), context, rows, shares.astype(np.float32))
        return np.asarray(run(_weights(network), *arrays))

    return call


def _weights(network: GradientModel) -> list[Any]:
    return [variable.value for variable in network.model.variables]
