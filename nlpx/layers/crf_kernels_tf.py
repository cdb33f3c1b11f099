"""The loop and the compiler of the CRF on TensorFlow.

`keras.ops.scan` keeps its carry in TensorArrays and names no maximum of iterations; a plain `tf.while_loop` is
up to a third faster under XLA. The kernels are compiled on their own, so that the CRF is fast inside a model
that is not: XLA turns dozens of small operations per position into a few fused loops.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

Tensors = tuple[Any, ...]


def scan(
    step: Callable[[Tensors, Tensors], Tensors], init: Tensors, xs: Tensors, reverse: bool = False
) -> tuple[Tensors, Tensors]:
    """As the plain scan in `crf_backend`: the last carry and all carries, stacked along axis 0."""
    static = xs[0].shape[0]
    length = tf.shape(xs[0])[0] if static is None else static
    sources = [tf.TensorArray(x.dtype, length).unstack(x) for x in xs]
    sinks = [tf.TensorArray(c.dtype, length, element_shape=c.shape) for c in init]

    def body(i: Any, carry: Tensors, sinks: list[Any]) -> tuple[Any, Tensors, list[Any]]:
        at = length - 1 - i if reverse else i
        carry = step(carry, tuple(source.read(at) for source in sources))
        return i + 1, carry, [sink.write(at, c) for sink, c in zip(sinks, carry, strict=True)]

    _, carry, sinks = tf.while_loop(
        lambda i, *_: i < length, body, (0, tuple(init), sinks), maximum_iterations=length
    )
    stacked = tuple(tf.ensure_shape(s.stack(), [static, *c.shape]) for s, c in zip(sinks, init, strict=True))
    return carry, stacked


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function under XLA wherever its shapes allow.

    A distinct shape costs a compilation of a few seconds, once a process. Where the length is not known while
    the graph is built (batches padded to their own longest), every new length would cost that, so there the
    function is part of the graph around it. `jit_compile=False` asks for that everywhere.
    """
    xla = tf.function(function, jit_compile=True, autograph=False)

    @functools.wraps(function)
    def run(*tensors: Any, jit_compile: bool = True, **static: Any) -> Any:
        tensors = tuple(tf.convert_to_tensor(t) for t in tensors)
        return (xla if jit_compile and _length_known(tensors) else function)(*tensors, **static)

    return run


def _length_known(tensors: Tensors) -> bool:
    """Whether every axis but the batch is known; the batch varies little, the last one of an epoch at most."""
    return all(size is not None for tensor in tensors for size in tensor.shape[1:])
