"""Dropout: the share that is dropped, the scale of the rest, and draws that follow from the seed's state alone."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from nlpx.layers.dropout import dropout


def draw(
    shape: tuple[int, ...], rate: float, noise_shape: tuple[int | None, ...] | None = None
) -> np.ndarray:
    return ops.convert_to_numpy(
        dropout(ops.ones(shape), rate, seed=keras.random.SeedGenerator(1), noise_shape=noise_shape)
    )


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.9])
def test_it_drops_the_share_and_scales_the_rest(rate):
    out = draw((50, 31, 20), rate)
    assert abs((out == 0).mean() - rate) < 0.01
    np.testing.assert_allclose(out[out > 0], 1 / (1 - rate), rtol=1e-6)


def test_an_axis_of_one_shares_its_draw():
    out = draw((4, 50, 6), 0.5, noise_shape=(None, None, 1))
    assert (out == out[..., :1]).all()
    assert (out[0] != out[1]).any()


def test_draws_follow_from_the_state_and_move_it_on():
    seed = keras.random.SeedGenerator(3)
    x = ops.ones((40, 40))
    first, second = (ops.convert_to_numpy(dropout(x, 0.5, seed=seed)) for _ in range(2))
    seed.state.assign([3, 0])
    assert (ops.convert_to_numpy(dropout(x, 0.5, seed=seed)) == first).all()
    assert (first != second).any()


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="compares TensorFlow with itself under XLA"
)
def test_xla_draws_the_same():
    import tensorflow as tf

    def run(x: tf.Tensor, jit_compile: bool) -> np.ndarray:
        seed = keras.random.SeedGenerator(3)
        return tf.function(lambda x: dropout(x, 0.3, seed=seed), jit_compile=jit_compile)(x).numpy()

    x = tf.ones((7, 11))
    assert (run(x, jit_compile=True) == run(x, jit_compile=False)).all()
