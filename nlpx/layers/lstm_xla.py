"""LSTM over a sequence as two XLA programs for TensorFlow: forward, and the gradient written out by hand.

Automatic differentiation would store every intermediate of every position and sum the weights' gradient position
by position. Here the forward loop leaves behind only what the gradient multiplies with, and the weights' gradient
is one matrix product after the loop. `xla_loop` says why the batch is the last axis inside.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from nlpx.layers.masking import Tensor
from nlpx.layers.xla_loop import (
    at,
    before,
    in_text_order,
    inputs_of,
    matmul,
    output_of,
    put,
    put_slopes,
    real_of,
    restored,
    states_of,
    storage,
    stored,
    transposed,
    turned,
)

FLOAT = tf.float32


def lstm_sequence(
    x: Tensor, kernel: Tensor, recurrent_kernel: Tensor, bias: Tensor, mask: Tensor, training: bool
) -> Tensor:
    """As in `lstm_math`; not `training` keeps nothing for a gradient, which then runs the forward loop again."""
    run = _with_history if training else _without_history
    return run(x, tf.concat([kernel, recurrent_kernel], axis=2), tf.convert_to_tensor(bias), mask)


@tf.custom_gradient
def _with_history(x: Tensor, weights: Tensor, bias: Tensor, mask: Tensor) -> Any:
    y, states, slopes = _forward(*map(tf.stop_gradient, (x, weights, bias, mask)))
    return y, lambda dy: (*_backward(x, weights, mask, states, slopes, dy), None)


@tf.custom_gradient
def _without_history(x: Tensor, weights: Tensor, bias: Tensor, mask: Tensor) -> Any:
    def gradient(dy: Tensor) -> tuple[Tensor | None, ...]:
        _, states, slopes = _forward(x, weights, bias, mask)
        return *_backward(x, weights, mask, states, slopes, dy), None

    return _apply(*map(tf.stop_gradient, (x, weights, bias, mask))), gradient


@tf.function(jit_compile=True, autograph=False)
def _forward(x: Tensor, weights: Tensor, bias: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Output, states and slopes."""
    return _loop(x, weights, bias, mask, keep_slopes=True)


@tf.function(jit_compile=True, autograph=False)
def _apply(x: Tensor, weights: Tensor, bias: Tensor, mask: Tensor) -> Tensor:
    """Output alone."""
    return _loop(x, weights, bias, mask, keep_slopes=False)[0]


def _loop(
    x: Tensor, weights: Tensor, bias: Tensor, mask: Tensor, keep_slopes: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """The recurrence of `lstm_math.lstm_step` over all positions.

    Args:
        x: `(batch, length, input units)`; its type is that of the matrix products, all else is float32.
        weights: `(directions, 4 * units, input units + units)`.
        bias: `(directions, 4 * units)`.
        mask: `(batch, length)` bool.
        keep_slopes: whether the last result is filled.

    Returns:
        The output `(batch, length, directions * units)`; all states `(directions, length, batch, units)`; and the
        slopes `(directions, 6, units, length, batch)`: what `_backward` multiplies with.
    """
    (batch, length, directions, units) = _sizes(x, weights)
    weights = tf.cast(weights, x.dtype)
    bias = tf.reshape(bias, (directions, 4, units, 1))
    xs, real = inputs_of(x, directions), real_of(mask, directions)

    def step(t: Tensor, h: Tensor, c: Tensor, states: Tensor, slopes: Tensor) -> tuple[Tensor, ...]:
        now = at(real, t, 1)
        xh = restored(tf.concat([turned(stored(at(xs, t, 1))), stored(h)], axis=1))
        z = tf.reshape(matmul(weights, xh), [directions, 4, units, batch]) + bias
        i, f, g, o = tf.unstack(z, axis=1)
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
        new = f * c + i * g
        out = tf.tanh(new)
        if keep_slopes:
            gates = [g * i * (1 - i), c * f * (1 - f), i * (1 - g * g), out * o * (1 - o)]
            slopes = put_slopes(slopes, t, now, [*gates, o * (1 - out * out)], f)
        c = tf.where(now, new, c)
        h = tf.where(now, tf.cast(o * out, x.dtype), h)
        return t + 1, h, c, put(states, turned(h)[:, None], 0, t, 0, 0), slopes

    zero = tf.zeros([directions, units, batch])
    states = storage([directions, length, batch, units], x.dtype)
    slopes = storage([directions, 6, units, length, batch] if keep_slopes else [], FLOAT)
    start = (0, tf.cast(zero, x.dtype), zero, states, slopes)
    *_, states, slopes = tf.while_loop(lambda t, *_: t < length, step, start, maximum_iterations=length)
    return output_of(states, mask), states, slopes


def _sizes(x: Tensor, weights: Tensor) -> tuple[Tensor, int, int, int]:
    """Of batch (may be known only when it runs), length, directions and units."""
    return tf.shape(x)[0], x.shape[1], weights.shape[0], weights.shape[1] // 4


@tf.function(jit_compile=True, autograph=False)
def _backward(
    x: Tensor, weights: Tensor, mask: Tensor, states: Tensor, slopes: Tensor, dy: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of x, weights and bias, from that of the output, `dy (batch, length, directions * units)`."""
    (batch, length, directions, units) = _sizes(x, weights)
    inputs = x.shape[-1]
    back = transposed(tf.cast(weights, x.dtype))
    xs, real, dy = inputs_of(x, directions), real_of(mask, directions), states_of(dy, mask, directions)
    is_output_gate = tf.reshape(tf.constant([False, False, False, True]), (1, 4, 1, 1))

    def of_output(t: Tensor) -> Tensor:
        return tf.cast(turned(at(dy, t, 1)), FLOAT)

    def step(n: Tensor, dh: Tensor, dc: Tensor, dz: Tensor, dx: Tensor) -> tuple[Tensor, ...]:
        t = length - 1 - n
        dc = dc + dh * at(slopes[:, 4], t, 2)
        gates = at(slopes[:, :4], t, 3) * tf.where(is_output_gate, dh[:, None], dc[:, None])
        gates = tf.reshape(tf.cast(gates, x.dtype), [directions, 4 * units, batch])
        dxh = matmul(back, gates)  # (directions, input units + units, batch)
        passed = tf.where(at(real, t, 1), tf.zeros_like(dh), dh)
        dh = dxh[:, inputs:] + passed + of_output(tf.maximum(t - 1, 0))
        dz, dx = put(dz, gates[:, :, None], 0, 0, t, 0), put(dx, turned(dxh[:, :inputs])[:, None], 0, t, 0, 0)
        return n + 1, dh, dc * at(slopes[:, 5], t, 2), dz, dx

    dz = storage([directions, 4 * units, length, batch], x.dtype)
    dx = storage([directions, length, batch, inputs], FLOAT)
    start = (0, of_output(length - 1), tf.zeros([directions, units, batch]), dz, dx)
    *_, dz, dx = tf.while_loop(lambda n, *_: n < length, step, start, maximum_iterations=length)
    dz = restored(tf.reshape(dz, [directions, 4 * units, length * batch]))
    seen = tf.reshape(tf.concat([xs, before(states)], axis=-1), [directions, length * batch, inputs + units])
    dx = tf.transpose(tf.reduce_sum(in_text_order(dx), axis=0), (1, 0, 2))
    return tf.cast(dx, x.dtype), matmul(dz, restored(seen)), tf.reduce_sum(tf.cast(dz, FLOAT), axis=-1)
