"""Long short-term memory over a sequence (Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000)."""

from __future__ import annotations

from keras import ops

from nlpx.layers.masking import Tensor
from nlpx.layers.recurrent_scan import gate_inputs, scan_sequence, swapped


def lstm_step(z: Tensor, states: tuple[Tensor, ...], recurrent: Tensor) -> tuple[Tensor, Tensor]:
    """One position.

    Args:
        z: `(directions, batch, 4 * units)`, the input's share of the gates i, f, g, o.
        states: output h and cell c, each `(directions, batch, units)`.
        recurrent: `(directions, units, 4 * units)`.
    """
    h, c = states
    i, f, g, o = ops.split(z + ops.matmul(h, recurrent), 4, axis=-1)
    c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
    return ops.sigmoid(o) * ops.tanh(c), c


def lstm_sequence(x: Tensor, kernel: Tensor, recurrent_kernel: Tensor, bias: Tensor, mask: Tensor) -> Tensor:
    """All positions in `keras.ops`.

    Args:
        x: `(batch, length, input units)`.
        kernel: `(directions, 4 * units, input units)`.
        recurrent_kernel: `(directions, 4 * units, units)`.
        bias: `(directions, 4 * units)`.
        mask: `(batch, length)` bool.

    Returns:
        `(batch, length, directions * units)`, zeros at padded positions.
    """
    recurrent = swapped(recurrent_kernel, x.dtype)

    def step(now: Tensor, states: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return lstm_step(now, states, recurrent)

    inputs = gate_inputs(x, kernel, bias)
    return scan_sequence(step, inputs, mask, units=recurrent.shape[1], states=2)
