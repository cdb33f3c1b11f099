"""Losses of texts with classes, against their formulas in numpy."""

from __future__ import annotations

import keras
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from nlpx.layers import Bottleneck
from nlpx.layers.class_losses import cross_entropy, multi_label

LOGITS = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
GOLD = np.array([0, 1, 2, 2, 0])
ONE_HOT = np.eye(3, dtype="float32")[GOLD]


def log_softmax(x):
    return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))


def test_cross_entropy_is_that_of_keras():
    wanted = keras.losses.sparse_categorical_crossentropy(GOLD, LOGITS, from_logits=True)
    np.testing.assert_allclose(cross_entropy(LOGITS, ONE_HOT), wanted, rtol=1e-5)


def test_smoothing_spreads_the_target():
    wanted = keras.losses.categorical_crossentropy(ONE_HOT, LOGITS, from_logits=True, label_smoothing=0.2)
    np.testing.assert_allclose(cross_entropy(LOGITS, ONE_HOT, smoothing=0.2), wanted, rtol=1e-5)


def test_focus_discounts_what_is_already_known():
    plain, focused = cross_entropy(LOGITS, ONE_HOT), cross_entropy(LOGITS, ONE_HOT, focus=2.0)
    p = np.exp(log_softmax(LOGITS))[np.arange(5), GOLD]
    np.testing.assert_allclose(focused, (1 - p) ** 2 * np.asarray(plain), rtol=1e-4)


def test_weights_are_those_of_the_true_class():
    weights = np.array([1.0, 2.0, 5.0], "float32")
    ratio = np.asarray(cross_entropy(LOGITS, ONE_HOT, weights=weights)) / cross_entropy(LOGITS, ONE_HOT)
    np.testing.assert_allclose(ratio, weights[GOLD], rtol=1e-5)


@given(st.lists(st.booleans(), min_size=3, max_size=3))
def test_multi_label_follows_its_formula(targets):
    targets = np.array([targets] * 5, dtype="float32")
    s = LOGITS.astype(float)
    wanted = np.log1p((np.exp(s) * (1 - targets)).sum(1)) + np.log1p((np.exp(-s) * targets).sum(1))
    np.testing.assert_allclose(multi_label(ops.convert_to_tensor(LOGITS), targets), wanted, rtol=1e-4)


def test_multi_label_is_small_where_zero_separates_the_classes():
    targets = np.array([[1, 0, 1]], "float32")
    right, wrong = np.array([[9.0, -9, 9]], "float32"), np.array([[9.0, 9, 9]], "float32")
    losses = [float(ops.sum(multi_label(ops.convert_to_tensor(x), targets))) for x in (right, wrong)]
    assert losses[0] < 0.01 < 8 < losses[1]


def test_the_bottleneck_is_its_mean_outside_training():
    layer = Bottleneck(4, name="bottleneck")
    z, divergence = layer(LOGITS)
    np.testing.assert_array_equal(z, layer.mean(LOGITS))
    assert divergence.shape == (5,)
    assert np.all(np.asarray(divergence) >= 0)
    noisy = [np.asarray(layer(LOGITS, training=True)[0]) for _ in range(2)]
    assert not np.array_equal(*noisy)
    assert Bottleneck.from_config(layer.get_config()).get_config() == layer.get_config()
