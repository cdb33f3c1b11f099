"""Data-parallel training: each local device takes an equal part of every batch, and all have the same weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import keras

from nlpx.training.batching import Batch


@contextmanager
def on_devices(devices: Literal["one", "all"]) -> Iterator[int]:
    """Models that are built and trained inside use these devices; gives their number.

    JAX goes through Keras' distribution API, TensorFlow through `tf.distribute`. GPUs where there are any, else CPUs,
    of which there is one unless the backend was told to split it.

    Args:
        devices: all, or just one as ever.
    """
    if devices == "one":
        yield 1
    elif keras.backend.backend() == "jax":
        with _on_jax() as count:
            yield count
    else:
        with _on_tensorflow() as count:
            yield count


@contextmanager
def _on_jax() -> Iterator[int]:
    names = keras.distribution.list_devices()
    if len(names) < 2:
        yield 1
        return
    before = keras.distribution.distribution()
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=names))
    try:
        yield len(names)
    finally:
        keras.distribution.set_distribution(before)


@contextmanager
def _on_tensorflow() -> Iterator[int]:
    import tensorflow as tf

    found = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    if len(found) < 2:
        yield 1
        return
    strategy = tf.distribute.MirroredStrategy([device.name for device in found])
    with strategy.scope():
        yield len(found)


def parted(batch: Batch) -> Any:
    """On JAX, the batch with its rows spread over the devices of the distribution, if there is one."""
    distribution = keras.distribution.distribution()
    if distribution is None:
        return batch
    return {
        name: keras.distribution.distribute_tensor(array, distribution.get_data_layout(array.shape))
        for name, array in batch.items()
    }
