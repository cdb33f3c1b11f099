"""What a loop over positions needs to run fast under XLA on a CPU; TensorFlow only.

Three habits make the difference. The batch is the last axis, so that gates are whole blocks of memory and matrix
products have their weights on the left, where XLA's kernels are fastest. What each position leaves behind is written
in place into an array allocated before the loop. And bfloat16 appears as operand of matrix products only: elsewhere
XLA would turn it into float32 and back, array by array, so that it is stored as the 16-bit integer it also is.
"""

from __future__ import annotations

import tensorflow as tf
from tensorflow.compiler.tf2xla.ops import gen_xla_ops

from nlpx.layers.masking import Tensor


def matmul(a: Tensor, b: Tensor) -> Tensor:
    """`(directions, m, k)` times `(directions, k, n)` with float32 sums and result, whatever the operands are."""
    return tf.raw_ops.BatchMatMulV3(x=a, y=b, Tout=tf.float32)


def stored(x: Tensor) -> Tensor:
    """The form in which an array lies in memory: bfloat16 as integers."""
    return tf.bitcast(x, tf.uint16) if x.dtype == tf.bfloat16 else x


def restored(x: Tensor) -> Tensor:
    """The numbers of an array in its stored form."""
    return tf.bitcast(x, tf.bfloat16) if x.dtype == tf.uint16 else x


def storage(shape: list[Tensor | int], dtype: tf.DType) -> Tensor:
    """An array to `put` into, in its stored form."""
    return stored(tf.zeros(shape, dtype))


def put(array: Tensor, value: Tensor, *start: Tensor | int) -> Tensor:
    """Write `value` over the part of a stored `array` that begins at `start`."""
    return gen_xla_ops.xla_dynamic_update_slice(input=array, update=stored(value), indices=tf.stack(start))


def at(array: Tensor, position: Tensor, axis: int) -> Tensor:
    """The slice of a stored `array` at one position of an axis, without that axis."""
    return restored(tf.gather(array, position, axis=axis))


def transposed(x: Tensor) -> Tensor:
    """`(directions, m, n)` -> `(directions, n, m)`, really moved.

    A transpose that XLA can fold into a matrix product makes one that has no fast kernel, and none at all in
    bfloat16. It doesn't look through integers and a reshape.
    """
    directions, rows, columns = x.shape
    moved = tf.reshape(tf.transpose(stored(x), (0, 2, 1)), (directions, columns * rows))
    return restored(tf.reshape(moved, (directions, columns, rows)))


def in_running_order(x: Tensor, directions: int) -> Tensor:
    """A stored `(length, ...)` for each direction, `(directions, length, ...)`; the second runs backwards."""
    return tf.stack([x, tf.reverse(x, [0])][:directions])


def in_text_order(x: Tensor) -> Tensor:
    """Turn the second direction of a stored `(directions, length, ...)` around in time; twice undoes it."""
    return x if x.shape[0] == 1 else tf.stack([x[0], tf.reverse(x[1], [0])])


def before(x: Tensor) -> Tensor:
    """What each position of a stored `(directions, length, ...)` finds: zeros, then the position before it."""
    return tf.concat([tf.zeros_like(x[:, :1]), x[:, :-1]], axis=1)


def inputs_of(x: Tensor, directions: int) -> Tensor:
    """`x (batch, length, units)` as the loop reads it: stored, `(directions, length, batch, units)`."""
    return in_running_order(tf.transpose(stored(x), (1, 0, 2)), directions)


def real_of(mask: Tensor, directions: int) -> Tensor:
    """`mask (batch, length)` as the loop reads it: `(directions, length, 1, batch)`."""
    return in_running_order(tf.transpose(mask), directions)[:, :, None]


def output_of(states: Tensor, mask: Tensor) -> Tensor:
    """Stored states `(directions, length, batch, units)` as the layer's output, zeros at padded positions."""
    y = tf.transpose(in_text_order(states), (2, 1, 0, 3))
    y = tf.reshape(y, [*_shape(mask), y.shape[2] * y.shape[3]])
    return restored(tf.where(mask[..., None], y, tf.zeros_like(y)))


def states_of(y: Tensor, mask: Tensor, directions: int) -> Tensor:
    """The way back from `output_of`, for gradients."""
    y = stored(tf.where(mask[..., None], y, tf.zeros_like(y)))
    y = tf.reshape(y, [*_shape(mask), directions, y.shape[-1] // directions])
    return in_text_order(tf.transpose(y, (2, 1, 0, 3)))


def _shape(mask: Tensor) -> tuple[Tensor, int]:
    return tf.shape(mask)[0], mask.shape[1]


def turned(x: Tensor) -> Tensor:
    """One position, `(directions, batch, units)` to `(directions, units, batch)` or back, in its stored form."""
    return tf.transpose(x, (0, 2, 1))


def put_slopes(slopes: Tensor, t: Tensor, real: Tensor, taken: list[Tensor], kept: Tensor) -> Tensor:
    """Keep what the gradients at position `t` are multiples of.

    A padded position takes no gradient and hands that of its state on whole.

    Args:
        slopes: `(directions, slopes, units, length, batch)`.
        t: the position.
        real: whether it is, `(directions, 1, batch)`.
        taken: slopes of what the position computes, each `(directions, units, batch)`.
        kept: slope of the state before.
    """
    rows = [tf.where(real, slope, tf.zeros_like(slope)) for slope in taken]
    for k, row in enumerate([*rows, tf.where(real, kept, tf.ones_like(kept))]):
        slopes = put(slopes, row[:, None, :, None], 0, k, 0, t, 0)
    return slopes
