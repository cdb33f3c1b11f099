"""The loop over positions in `keras.ops` alone: any backend, any mask."""

from __future__ import annotations

from collections.abc import Callable

from keras import ops

from nlpx.layers.masking import Tensor

# (gate inputs (directions, batch, gates * units), states) -> new states, each (directions, batch, units).
Step = Callable[[Tensor, tuple[Tensor, ...]], tuple[Tensor, ...]]


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

    def advance(carry: tuple[Tensor, ...], now: tuple[Tensor, Tensor]) -> tuple[tuple[Tensor, ...], ...]:
        z_now, real_now = now
        moved = step(z_now, carry)
        held = tuple(ops.where(real_now > 0, new, old) for new, old in zip(moved, carry, strict=True))
        return held, held  # TensorFlow wants the outputs to be shaped as the carry is.

    zero = ops.zeros_like(z[0][..., :units])  # (directions, batch, units)
    _, history = ops.scan(advance, (zero,) * states, (z, real))
    outputs = _in_running_order(history[0] * real)  # (length, directions, batch, units)
    outputs = ops.transpose(outputs, (2, 0, 1, 3))
    return ops.reshape(outputs, (*ops.shape(mask), directions * units))


def _in_running_order(x: Tensor) -> Tensor:
    """Turn the second direction of `x (length, directions, ...)` around in time; doing it twice undoes it."""
    if x.shape[1] == 1:
        return x
    return ops.concatenate([x[:, :1], ops.flip(x[:, 1:], axis=0)], axis=1)
