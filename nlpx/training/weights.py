"""A model's weights as one file, by the path of each variable."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
from keras import ops

from nlpx.errors import RunError
from nlpx.training.tensorfile import Arrays, read_tensors, write_tensors

SHOWN = 10


def weight_arrays(model: keras.Model) -> dict[str, np.ndarray]:
    """A copy of every weight by its variable's path, such as ``tagger/encoder/bilstm/kernel``.

    Raises:
        ValueError: two variables share a path; give the layers names of their own.
    """
    return _arrays(_by_path(model))


def learned_arrays(model: keras.Model) -> dict[str, np.ndarray]:
    """`weight_arrays` without the constants: what differs from epoch to epoch. Raises ValueError as it does."""
    return _arrays(_learned(model))


def constant_weights(model: keras.Model) -> list[keras.Variable]:
    """Weights that training never changes, such as a table of word vectors: the ``constants`` of all layers.

    A table may be larger than all that is learned, so copies of a state leave it out.
    """
    layers = model._flatten_layers(include_self=False, recursive=True)
    return [variable for layer in layers for variable in getattr(layer, "constants", [])]


def constants_digest(model: keras.Model) -> str:
    """SHA-256 over all constants, by which a resumed training knows that they are the same."""
    digest = hashlib.sha256()
    for variable in constant_weights(model):
        digest.update(f"{variable.path} {variable.dtype} {tuple(variable.shape)}".encode())
        digest.update(np.ascontiguousarray(ops.convert_to_numpy(variable)).data)
    return digest.hexdigest()


def _learned(model: keras.Model) -> dict[str, keras.Variable]:
    constants = {id(variable) for variable in constant_weights(model)}
    return {path: weight for path, weight in _by_path(model).items() if id(weight) not in constants}


def _arrays(weights: Mapping[str, keras.Variable]) -> dict[str, np.ndarray]:
    return {path: np.array(ops.convert_to_numpy(variable)) for path, variable in weights.items()}


def _by_path(model: keras.Model) -> dict[str, keras.Variable]:
    paths = [variable.path for variable in model.weights]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        raise ValueError(f"layers need names of their own; these paths occur twice: {', '.join(twice)}")
    return {variable.path: variable for variable in model.weights}


def assign_weights(model: keras.Model, arrays: Arrays, source: str) -> None:
    """Give every weight of the model its array.

    Raises:
        RunError: arrays are missing, left over or of another shape than the model's; names them and `source`.
    """
    _assign(_by_path(model), arrays, source)


def assign_learned(model: keras.Model, arrays: Arrays, source: str) -> None:
    """Undo `learned_arrays`. Raises RunError as `assign_weights` does."""
    _assign(_learned(model), arrays, source)


def _assign(weights: Mapping[str, keras.Variable], arrays: Arrays, source: str) -> None:
    problems = _mismatches({path: tuple(weight.shape) for path, weight in weights.items()}, arrays)
    if problems:
        more = [f"… and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        raise RunError(
            f"the weights in {source} don't fit the model of the config",
            "use the config.yaml the weights were trained with",
            [*problems[:SHOWN], *more],
        )
    for path, weight in weights.items():
        weight.assign(arrays[path])


def save_weights(model: keras.Model, path: Path) -> None:
    """Write the weights atomically; the same weights give the same bytes."""
    write_tensors(path, weight_arrays(model))


def load_weights(model: keras.Model, path: Path) -> None:
    """Read what `save_weights` wrote into a model of the same architecture.

    Raises:
        RunError: the file is missing, truncated or altered, or doesn't fit the model.
    """
    assign_weights(model, read_tensors(path)[0], str(path))


def _mismatches(wanted: Mapping[str, tuple[int, ...]], arrays: Arrays) -> list[str]:
    missing = [f"missing: {name} {shape}" for name, shape in wanted.items() if name not in arrays]
    extra = [f"left over: {name} {array.shape}" for name, array in arrays.items() if name not in wanted]
    shaped = [
        f"shape of {name}: {arrays[name].shape} in the file, {shape} in the model"
        for name, shape in wanted.items()
        if name in arrays and arrays[name].shape != shape
    ]
    return [*missing, *extra, *shaped]
