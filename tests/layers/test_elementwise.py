"""GELU and layer normalisation as XLA programs: what plain operations give, and their gradients."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

if keras.backend.backend() != "tensorflow":
    pytest.skip("these programs are TensorFlow's", allow_module_level=True)

import tensorflow as tf

from nlpx.layers.bert.elementwise_tf import gelu, layer_norm

RANDOM = np.random.default_rng(0)
EPSILON = 1e-6


def plain_gelu(x):
    return ops.gelu(x, approximate=False)


def plain_norm(x, gamma, beta):
    centred = x - ops.mean(x, axis=-1, keepdims=True)
    variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
    return centred * ops.rsqrt(variance + EPSILON) * gamma + beta


def our_norm(x, gamma, beta):
    return layer_norm(x, gamma, beta, EPSILON)


def arguments(units=6):
    x = 3 * RANDOM.normal(size=(2, 3, units))
    gamma, beta = 1 + RANDOM.normal(size=(2, units))
    return [tf.constant(array, tf.float32) for array in (x, gamma, beta)]


CASES = [
    pytest.param(gelu, plain_gelu, 1, id="gelu"),
    pytest.param(our_norm, plain_norm, 3, id="layer_norm"),
]


def slopes(function, given, weights):
    """Gradients of a weighted sum, and of their squared norm: what a gradient penalty asks for."""
    with tf.GradientTape() as outer:
        outer.watch(given)
        with tf.GradientTape() as inner:
            inner.watch(given)
            value = tf.reduce_sum(weights * function(*given))
        first = inner.gradient(value, given)
        penalty = tf.add_n([tf.reduce_sum(one**2) for one in first])
    return first, outer.gradient(penalty, given[:1])


@pytest.mark.parametrize(("ours", "plain", "count"), CASES)
def test_values_and_both_derivatives_are_those_of_plain_operations(ours, plain, count):
    given = arguments()[:count]
    weights = tf.constant(RANDOM.normal(size=(2, 3, 6)), tf.float32)
    np.testing.assert_allclose(ours(*given), plain(*given), atol=2e-6)
    for found, wanted in zip(slopes(ours, given, weights), slopes(plain, given, weights), strict=True):
        for one, other in zip(found, wanted, strict=True):
            np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize(("ours", "plain", "count"), CASES)
def test_bfloat16_is_rounded_once(ours, plain, count):
    x, *others = arguments()[:count]
    half = tf.cast(x, tf.bfloat16)
    found = ours(half, *others)
    assert found.dtype == tf.bfloat16
    wanted = plain(tf.cast(half, tf.float32), *others)
    np.testing.assert_allclose(tf.cast(found, tf.float32), wanted, rtol=2**-8, atol=1e-6)


@pytest.mark.parametrize(("ours", "plain", "count"), CASES)
def test_gradients_of_bfloat16_are_those_of_float32_but_for_rounding(ours, plain, count):
    x, *others = arguments()[:count]
    given = [tf.cast(x, tf.bfloat16), *others]
    with tf.GradientTape() as tape:
        tape.watch(given)
        value = tf.reduce_sum(tf.cast(ours(*given), tf.float32) ** 2)
    wide = [tf.cast(given[0], tf.float32), *others]
    for found, wanted in zip(tape.gradient(value, given), of_squares(plain, wide), strict=True):
        scale = float(np.abs(wanted).max())
        np.testing.assert_allclose(tf.cast(found, tf.float32), wanted, atol=0.03 * scale)


def of_squares(function, given):
    with tf.GradientTape() as tape:
        tape.watch(given)
        value = tf.reduce_sum(function(*given) ** 2)
    return tape.gradient(value, given)


@pytest.mark.parametrize(("ours", "plain", "count"), CASES)
def test_they_run_inside_of_a_compiled_graph_and_with_lengths_known_late(ours, plain, count):
    _, *others = given = arguments()[:count]
    late = [
        tf.TensorSpec((None, None, 6), tf.float32),
        *(tf.TensorSpec(one.shape, one.dtype) for one in others),
    ]
    for compiled in (False, True):
        run = tf.function(ours, input_signature=late[: len(given)], jit_compile=compiled, autograph=False)
        for shape in ((2, 3, 6), (1, 5, 6)):
            x = tf.constant(RANDOM.normal(size=shape), tf.float32)
            np.testing.assert_allclose(run(x, *others), plain(x, *others), atol=2e-6)


def test_far_values_neither_overflow_nor_vanish():
    x = np.float32([[[-1e4, -40.0, 0.0, 40.0, 1e4, 1e-30]]])
    errors = np.abs(gelu(tf.constant(x)) - np.float32([[[0, 0, 0, 40, 1e4, 5e-31]]]))
    assert (errors <= 2**-22 * np.abs(x)).all()  # the error function of XLA is 1 but for a rounding
