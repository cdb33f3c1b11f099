"""A layer on JAX."""

from __future__ import annotations

import importlib
from typing import Any

import keras
import numpy as np

from tests.jax_side import ask_jax


def on_jax(layer: keras.layers.Layer, x: np.ndarray, mask: np.ndarray) -> dict[str, Any]:
    """The layer rebuilt from its config and weights on JAX: its `output`, and `gradients` of the summed squares."""
    module, name = type(layer).__module__, type(layer).__name__
    return ask_jax(answer, module, name, layer.get_config(), layer.get_weights(), x, mask)


def answer(
    module: str, name: str, config: dict, weights: list, x: np.ndarray, mask: np.ndarray
) -> dict[str, Any]:
    """The same in the process that has JAX."""
    import jax

    layer = getattr(importlib.import_module(module), name).from_config(config)
    layer(x, mask=mask)
    layer.set_weights(weights)
    fixed = [v.value for v in layer.non_trainable_variables]

    def loss(x: Any, trainable: list[Any]) -> tuple[Any, Any]:
        output, _ = layer.stateless_call(trainable, fixed, x, mask=mask)
        return (output**2).sum(), output

    graded = jax.jit(jax.value_and_grad(loss, argnums=(0, 1), has_aux=True))
    (_, output), (x_gradient, gradients) = graded(x, [v.value for v in layer.trainable_variables])
    return {"output": np.asarray(output), "gradients": [np.asarray(g) for g in (x_gradient, *gradients)]}
