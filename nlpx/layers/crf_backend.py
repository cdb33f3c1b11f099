"""What the CRF kernels need of a backend beyond `keras.ops`: a loop, a compiler and a choice.

All have a plain form that runs anywhere. TensorFlow and JAX bring faster ones from a module of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Tensors = tuple[Any, ...]


def _plain_scan(
    step: Callable[[Tensors, Tensors], Tensors], init: Tensors, xs: Tensors, reverse: bool = False
) -> tuple[Tensors, Tensors]:
    """Folds `step` over axis 0 of the xs; gives the last carry and all carries, stacked where they arose.

    Args:
        step: (carry, xs at one position) to the next carry, of the same shapes.
        init: the carry before the first step.
        xs: tensors of equal length along axis 0.
        reverse: whether to go from the last position to the first.
    """

    def both(carry: Tensors, x: Tensors) -> tuple[Tensors, Tensors]:
        carry = step(carry, x)
        return carry, carry

    return ops.scan(both, init, xs, reverse=reverse)


def _plain_compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as it is; with a compiler, `jit_compile=False` is what gives that."""

    def run(*tensors: Any, jit_compile: bool = True, **static: Any) -> Any:
        return function(*tensors, **static)

    return run


if keras.backend.backend() == "tensorflow":
    from nlpx.layers.crf_kernels_tf import compiled, scan

    choose = ops.cond
elif keras.backend.backend() == "jax":
    from nlpx.layers.crf_kernels_jax import choose, compiled

    scan = _plain_scan
else:
    compiled, scan, choose = _plain_compiled, _plain_scan, ops.cond

__all__ = ["choose", "compiled", "scan"]
