"""Several passes over one batch that differ by one thing alone.

What variables hold is copied before they change: on TensorFlow a variable passes for a tensor, and is read late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
from keras import ops


@contextmanager
def drawn_again(seeds: Sequence[keras.Variable]) -> Iterator[None]:
    """After the block dropout draws once more what it draws inside; `seeds` are all states of seed generators."""
    before = [ops.copy(seed) for seed in seeds]
    yield
    for seed, value in zip(seeds, before, strict=True):
        seed.assign(value)


@contextmanager
def moved(variables: Sequence[keras.Variable], moves: Sequence[Any]) -> Iterator[None]:
    """The variables hold their values plus `moves` inside the block, and the very values of before after it."""
    before = [ops.copy(variable) for variable in variables]
    for variable, value, move in zip(variables, before, moves, strict=True):
        variable.assign(value + move)
    yield
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)


def dense(gradients: Sequence[Any], variables: Sequence[keras.Variable]) -> list[Any]:
    """A plain tensor for each variable: zeros where a gradient is None, rows added up where it is sparse."""
    # The reshape is what adds up; Keras' convert_to_tensor would leave a sparse gradient as it is.
    return [
        ops.zeros(variable.shape, variable.dtype)
        if gradient is None
        else ops.reshape(gradient, variable.shape)
        for gradient, variable in zip(gradients, variables, strict=True)
    ]


def norm(tensors: Sequence[Any]) -> Any:
    """Euclidean norm of all tensors together; never quite 0, so that one can divide by it."""
    return ops.sqrt(sum(ops.sum(ops.square(tensor)) for tensor in tensors) + 1e-16)


def scaled(tensors: Sequence[Any], factor: Any) -> list[Any]:
    """Each tensor times a factor."""
    return [tensor * ops.cast(factor, tensor.dtype) for tensor in tensors]
