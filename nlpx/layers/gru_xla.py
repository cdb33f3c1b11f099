"""GRU over a sequence as two XLA programs for TensorFlow, built as `lstm_xla` is."""

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


def gru_sequence(
    x: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor,
    recurrent_bias: Tensor,
    mask: Tensor,
    training: bool,
) -> Tensor:
    """As in `gru_math`; not `training` keeps nothing for a gradient, which then runs the forward loop again."""
    run = _with_history if training else _without_history
    weights = [tf.convert_to_tensor(weight) for weight in (kernel, recurrent_kernel, bias, recurrent_bias)]
    return run(x, *weights, mask)


@tf.custom_gradient
def _with_history(x: Tensor, *rest: Tensor) -> Any:
    *weights, mask = rest
    y, states, slopes = _forward(*map(tf.stop_gradient, (x, *rest)))
    return y, lambda dy: (*_backward(x, *weights[:2], mask, states, slopes, dy), None)


@tf.custom_gradient
def _without_history(x: Tensor, *rest: Tensor) -> Any:
    *weights, mask = rest

    def gradient(dy: Tensor) -> tuple[Tensor | None, ...]:
        _, states, slopes = _forward(x, *weights, mask)
        return *_backward(x, *weights[:2], mask, states, slopes, dy), None

    return _apply(*map(tf.stop_gradient, (x, *rest))), gradient


@tf.function(jit_compile=True, autograph=False)
def _forward(x: Tensor, *rest: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Output, states and slopes."""
    return _loop(True, x, *rest)


@tf.function(jit_compile=True, autograph=False)
def _apply(x: Tensor, *rest: Tensor) -> Tensor:
    """Output alone."""
    return _loop(False, x, *rest)[0]


def _loop(
    keep_slopes: bool,
    x: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor,
    recurrent_bias: Tensor,
    mask: Tensor,
) -> tuple[Tensor, Tensor, Tensor]:
    """The recurrence of `gru_math.gru_step` over all positions; arguments as there, types as in `lstm_xla`.

    Returns:
        The output `(batch, length, directions * units)`; all states `(directions, length, batch, units)`; and the
        slopes `(directions, 5, units, length, batch)`: what `_backward` multiplies with.
    """
    (batch, length, directions, units) = _sizes(x, recurrent_kernel)
    kernel, recurrent_kernel = tf.cast(kernel, x.dtype), tf.cast(recurrent_kernel, x.dtype)
    bias = tf.reshape(bias, (directions, 3, units, 1))
    xs, real = inputs_of(x, directions), real_of(mask, directions)

    def step(t: Tensor, h: Tensor, states: Tensor, slopes: Tensor) -> tuple[Tensor, ...]:
        now = at(real, t, 1)
        from_x = (
            tf.reshape(matmul(kernel, restored(turned(stored(at(xs, t, 1))))), (directions, 3, units, batch))
            + bias
        )
        from_h = tf.reshape(matmul(recurrent_kernel, tf.cast(h, x.dtype)), (directions, 3, units, batch))
        update, reset = (tf.sigmoid(from_x[:, k] + from_h[:, k]) for k in (1, 2))
        h_new = from_h[:, 0] + recurrent_bias[..., None]
        new = tf.tanh(from_x[:, 0] + reset * h_new)
        if keep_slopes:
            slope = (1 - update) * (1 - new * new)  # of the new state before tanh
            gates = [slope, (h - new) * update * (1 - update), slope * h_new * reset * (1 - reset)]
            slopes = put_slopes(slopes, t, now, [*gates, slope * reset], update)
        h = tf.where(now, new + update * (h - new), h)
        return t + 1, h, put(states, turned(tf.cast(h, x.dtype))[:, None], 0, t, 0, 0), slopes

    states = storage([directions, length, batch, units], x.dtype)
    slopes = storage([directions, 5, units, length, batch] if keep_slopes else [], FLOAT)
    start = (0, tf.zeros([directions, units, batch]), states, slopes)
    *_, states, slopes = tf.while_loop(lambda t, *_: t < length, step, start, maximum_iterations=length)
    return output_of(states, mask), states, slopes


def _sizes(x: Tensor, recurrent_kernel: Tensor) -> tuple[Tensor, int, int, int]:
    """Of batch (may be known only when it runs), length, directions and units."""
    return tf.shape(x)[0], x.shape[1], recurrent_kernel.shape[0], recurrent_kernel.shape[2]


@tf.function(jit_compile=True, autograph=False)
def _backward(
    x: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    mask: Tensor,
    states: Tensor,
    slopes: Tensor,
    dy: Tensor,
) -> tuple[Tensor, ...]:
    """Gradients of x and the weights, from that of the output, `dy (batch, length, directions * units)`."""
    (batch, length, directions, units) = _sizes(x, recurrent_kernel)
    inputs = x.shape[-1]
    of_input = transposed(tf.cast(kernel, x.dtype))
    # The state meets update, reset and its own share of the new state, in the order of the slopes.
    order = tf.roll(tf.reshape(recurrent_kernel, [directions, 3, units, units]), -1, axis=1)
    of_state = transposed(tf.cast(tf.reshape(order, [directions, 3 * units, units]), x.dtype))
    xs, dy = inputs_of(x, directions), states_of(dy, mask, directions)

    def of_output(t: Tensor) -> Tensor:
        return tf.cast(turned(at(dy, t, 1)), FLOAT)

    def step(n: Tensor, dh: Tensor, dz: Tensor, dx: Tensor) -> tuple[Tensor, ...]:
        t = length - 1 - n
        now = at(slopes[:, :4], t, 3) * dh[:, None]
        now = tf.reshape(tf.cast(now, x.dtype), [directions, 4 * units, batch])
        dx_now = matmul(of_input, now[:, : 3 * units])
        dh_now = matmul(of_state, now[:, units:])
        dz, dx = put(dz, now[:, :, None], 0, 0, t, 0), put(dx, dx_now[:, :, None], 0, 0, t, 0)
        dh = dh * at(slopes[:, 4], t, 2) + dh_now + of_output(tf.maximum(t - 1, 0))
        return n + 1, dh, dz, dx

    dz = storage([directions, 4 * units, length, batch], x.dtype)
    dx = storage([directions, inputs, length, batch], FLOAT)
    start = (0, of_output(length - 1), dz, dx)
    *_, dz, dx = tf.while_loop(lambda n, *_: n < length, step, start, maximum_iterations=length)
    dz = restored(tf.reshape(dz, [directions, 4 * units, length * batch]))
    xs = restored(tf.reshape(xs, [directions, length * batch, inputs]))
    hs = restored(tf.reshape(before(states), [directions, length * batch, units]))
    dx = in_text_order(tf.transpose(dx, (0, 2, 3, 1)))  # (directions, length, batch, input units)
    dx = tf.transpose(tf.reduce_sum(dx, axis=0), (1, 0, 2))
    drecurrent = tf.reshape(matmul(dz[:, units:], hs), [directions, 3, units, units])
    drecurrent = tf.reshape(tf.roll(drecurrent, 1, axis=1), [directions, 3 * units, units])
    dbias = tf.reduce_sum(tf.cast(dz, FLOAT), axis=-1)
    return (
        tf.cast(dx, x.dtype),
        matmul(dz[:, : 3 * units], xs),
        drecurrent,
        dbias[:, : 3 * units],
        dbias[:, 3 * units :],
    )
