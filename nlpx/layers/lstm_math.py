"""Long short-term memory (Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000) over a sequence."""

from __future__ import annotations

from keras import ops

from nlpx.layers.masking import Tensor
from nlpx.layers.recurrent_scan import scan_sequence


def lstm_step(z: Tensor, states: tuple[Tensor, ...], recurrent_kernel: Tensor) -> tuple[Tensor, Tensor]:
    """One position.

    Args:
        z: `(directions, batch, 4 * units)`, the input's share of the gates i, f, g, o.
        states: output h and cell c, each `(directions, batch, units)`.
        recurrent_kernel: `(directions, units, 4 * units)`.
    """
    h, c = states
    i, f, g, o = ops.split(z + ops.matmul(h, recurrent_kernel), 4, axis=-1)
    c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
    return ops.sigmoid(o) * ops.tanh(c), c


def lstm_sequence(x: Tensor, kernel: Tensor, recurrent_kernel: Tensor, bias: Tensor, mask: Tensor) -> Tensor:
    """All positions in `keras.ops`.

    Args:
        x: `(batch, length, input units)`.
        kernel: `(directions, input units, 4 * units)`.
        recurrent_kernel: `(directions, units, 4 * units)`.
        bias: `(directions, 4 * units)`.
        mask: `(batch, length)` bool.

    Returns:
        `(batch, length, directions * units)`, zeros at padded positions.
    """
    z = ops.matmul(x[None], kernel[:, None]) + bias[:, None, None]  # (directions, batch, length, 4 * units)
    units = recurrent_kernel.shape[1]
    return scan_sequence(
        lambda now, states: lstm_step(now, states, recurrent_kernel), z, mask, units, states=2
    )
