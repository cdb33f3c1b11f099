"""Gated recurrent unit (Cho et al. 2014, in the form whose reset gate acts after the matrix product)."""

from __future__ import annotations

from keras import ops

from nlpx.layers.masking import Tensor
from nlpx.layers.recurrent_scan import scan_sequence


def gru_step(
    z: Tensor, states: tuple[Tensor, ...], recurrent_kernel: Tensor, recurrent_bias: Tensor
) -> tuple[Tensor]:
    """One position.

    Args:
        z: `(directions, batch, 3 * units)`, the input's share of the gates: update, reset, new.
        states: the output h `(directions, batch, units)`.
        recurrent_kernel: `(directions, units, 3 * units)`.
        recurrent_bias: `(directions, units)`, of the new state before the reset gate; the other gates need none.
    """
    (h,) = states
    z_u, z_r, z_n = ops.split(z, 3, axis=-1)
    h_u, h_r, h_n = ops.split(ops.matmul(h, recurrent_kernel), 3, axis=-1)
    update, reset = ops.sigmoid(z_u + h_u), ops.sigmoid(z_r + h_r)
    new = ops.tanh(z_n + reset * (h_n + recurrent_bias[:, None]))
    return (new + update * (h - new),)


def gru_sequence(
    x: Tensor, kernel: Tensor, recurrent_kernel: Tensor, bias: Tensor, recurrent_bias: Tensor, mask: Tensor
) -> Tensor:
    """All positions in `keras.ops`.

    Args:
        x: `(batch, length, input units)`.
        kernel: `(directions, input units, 3 * units)`.
        recurrent_kernel: `(directions, units, 3 * units)`.
        bias: `(directions, 3 * units)`.
        recurrent_bias: `(directions, units)`.
        mask: `(batch, length)` bool.

    Returns:
        `(batch, length, directions * units)`, zeros at padded positions.
    """
    z = ops.matmul(x[None], kernel[:, None]) + bias[:, None, None]  # (directions, batch, length, 3 * units)
    units = recurrent_kernel.shape[1]

    def step(now: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return gru_step(now, states, recurrent_kernel, recurrent_bias)

    return scan_sequence(step, z, mask, units, states=1)
