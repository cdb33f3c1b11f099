"""An encoder's network on JAX."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from tests.jax_side import ask_jax


def on_jax(network: keras.layers.Layer, batch: dict[str, np.ndarray]) -> np.ndarray:
    """The output of the network, rebuilt from its config and weights on JAX."""
    from nlpx.layers.parts import part_config

    return ask_jax(answer, part_config(network), network.get_weights(), batch)


def answer(config: dict[str, Any], weights: list[np.ndarray], batch: dict[str, np.ndarray]) -> np.ndarray:
    """The same in the process that has JAX."""
    from nlpx.layers.parts import part_from_config

    network = part_from_config(config)
    network(batch)
    network.set_weights(weights)
    return np.asarray(network(batch))
