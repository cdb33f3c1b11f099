"""All randomness derives from ``(seed, *key)``, such as ``(seed, epoch, "order")``.

Nothing depends on how often a generator was used before, so a run that is killed and resumed draws the same
numbers as one that was not.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras


def generator(seed: int, *key: int | str) -> np.random.Generator:
    """A fresh generator for one purpose; the same arguments give the same numbers on every machine."""
    return np.random.default_rng([seed, *(_number(part) for part in key)])


def seed_everything(seed: int) -> None:
    """Seed the global generators, which draw the initial weights. Call it before the model is built.

    TensorFlow on a GPU is made deterministic, too. On a CPU it is so by itself, for all that a model here does, and
    the setting would run operations one after another: half as slow again with two cores.
    """
    import keras

    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        if tf.config.list_physical_devices("GPU"):
            tf.config.experimental.enable_op_determinism()


def reseed(model: keras.Model, seed: int, epoch: int) -> None:
    """Set every seed generator of the model (dropout, say) to a state derived from (seed, epoch, index)."""
    for index, state in enumerate(seed_states(model)):
        value = generator(seed, epoch, "layers", index).integers(1, 2**31 - 1)
        state.assign(np.array([value, 0], state.dtype))


def seed_states(model: keras.Model) -> list[keras.Variable]:
    """The state variables of the model's seed generators, in the order in which the layers were created."""
    return [variable for variable in model.variables if variable.name == "seed_generator_state"]


def _number(part: int | str) -> int:
    if isinstance(part, int):
        return part
    return int.from_bytes(hashlib.sha256(part.encode()).digest()[:8], "big")
