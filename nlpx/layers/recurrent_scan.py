"""The loop over positions in `keras.ops` alone: any backend, any mask, any length."""

from __future__ import annotations

from collections.abc import Callable

from keras import ops

from nlpx.layers.crf_backend import scan
from nlpx.layers.masking import Tensor

# (gate inputs (directions, batch, gates * units), states) -> new states, each (directions, batch, units).
Step = Callable[[Tensor, tuple[Tensor, ...]], tuple[Tensor, ...]]


def gate_inputs(x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    """The input's share of all gates at all positions, `(directions, batch, length, gates * units)`.

    Args:
        x: `(batch, length, input units)`.
        kernel: `(directions, gates * units, input units)`.
        bias: `(directions, gates * units)`.
    """
    return ops.matmul(x[None], swapped(kernel, x.dtype)[:, None]) + ops.cast(bias, x.dtype)[:, None, None]


def swapped(weights: Tensor, dtype: str) -> Tensor:
    """`(directions, rows, columns)` -> `(directions, columns, rows)` in the type of the computation."""
    return ops.cast(ops.transpose(weights, (0, 2, 1)), dtype)


def scan_sequence(step: Step, inputs: Tensor, mask: Tensor, units: int, states: int) -> Tensor:
    """Run `step` over time in every direction at once; the second direction runs backwards.

    Args:
        step: one position of the recurrence; the first of its states is the output.
        inputs: `(directions, batch, length, gates * units)`, the input's share of the gates.
        mask: `(batch, length)` bool; a padded position leaves the states as they are and outputs zeros.
        units: size of one state.
        states: how many states the recurrence carries.

    Returns:
        `(batch, length, directions * units)`.
    """
    directions = inputs.shape[0]
    z = _in_running_order(ops.transpose(inputs, (2, 0, 1, 3)))  # (length, directions, batch, gates * units)
    real = ops.transpose(ops.cast(mask, inputs.dtype))[:, None, :, None]  # (length, 1, batch, 1)
    real = _in_running_order(ops.repeat(real, directions, axis=1))

    def advance(carry: tuple[Tensor, ...], now: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        z_now, real_now = now
        moved = step(z_now, carry)
        return tuple(ops.where(real_now > 0, new, old) for new, old in zip(moved, carry, strict=True))

    zero = ops.zeros_like(z[0][..., :units])  # (directions, batch, units)
    _, history = scan(advance, (zero,) * states, (z, real))
    outputs = _in_running_order(history[0] * real)  # (length, directions, batch, units)
    outputs = ops.transpose(outputs, (2, 0, 1, 3))
    return ops.reshape(outputs, (*ops.shape(mask), directions * units))


def _in_running_order(x: Tensor) -> Tensor:
    """Turn the second direction of `x (length, directions, ...)` around in time; doing it twice undoes it."""
    if x.shape[1] == 1:
        return x
    return ops.concatenate([x[:, :1], ops.flip(x[:, 1:], axis=0)], axis=1)
