"""Gated recurrent unit over a sequence (Cho et al. 2014; the reset gate acts after the matrix product)."""

from __future__ import annotations

from keras import ops

from nlpx.layers.masking import Tensor
from nlpx.layers.recurrent_scan import gate_inputs, scan_sequence, swapped


def gru_step(
    z: Tensor, states: tuple[Tensor, ...], recurrent: Tensor, recurrent_bias: Tensor
) -> tuple[Tensor]:
    """One position.

    Args:
        z: `(directions, batch, 3 * units)`, the input's share of new state, update and reset gate.
        states: the output h `(directions, batch, units)`.
        recurrent: `(directions, units, 3 * units)`.
        recurrent_bias: `(directions, 1, units)`, of the state's share of the new state; the gates need none.
    """
    (h,) = states
    z_n, z_u, z_r = ops.split(z, 3, axis=-1)
    h_n, h_u, h_r = ops.split(ops.matmul(h, recurrent), 3, axis=-1)
    update, reset = ops.sigmoid(z_u + h_u), ops.sigmoid(z_r + h_r)
    new = ops.tanh(z_n + reset * (h_n + recurrent_bias))
    return (new + update * (h - new),)


def gru_sequence(
    x: Tensor, kernel: Tensor, recurrent_kernel: Tensor, bias: Tensor, recurrent_bias: Tensor, mask: Tensor
) -> Tensor:
    """All positions in `keras.ops`.

    Args:
        x: `(batch, length, input units)`.
        kernel: `(directions, 3 * units, input units)`.
        recurrent_kernel: `(directions, 3 * units, units)`.
        bias: `(directions, 3 * units)`.
        recurrent_bias: `(directions, units)`.
        mask: `(batch, length)` bool.

    Returns:
        `(batch, length, directions * units)`, zeros at padded positions.
    """
    recurrent = swapped(recurrent_kernel, x.dtype)
    recurrent_bias = ops.cast(recurrent_bias, x.dtype)[:, None]

    def step(now: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return gru_step(now, states, recurrent, recurrent_bias)

    inputs = gate_inputs(x, kernel, bias)
    return scan_sequence(step, inputs, mask, units=recurrent.shape[1], states=1)
