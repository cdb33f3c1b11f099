"""The linear maps of a transformer."""

from __future__ import annotations

import keras


def dense(
    name: str,
    units: int,
    width: int | None,
    *,
    initializer_range: float,
    dtype: keras.DTypePolicy,
    activation: str | None = None,
) -> keras.layers.Dense:
    """A built layer from `(batch, length, width)` to `(batch, length, units)`, or without the length, as BERT starts
    it: a normal distribution that is cut at two deviations.

    Args:
        initializer_range: the deviation.
        dtype: policy of the layer around it.
    """
    start = keras.initializers.TruncatedNormal(stddev=initializer_range)
    layer = keras.layers.Dense(units, activation=activation, kernel_initializer=start, dtype=dtype, name=name)
    layer.build((None, None, width))
    return layer
