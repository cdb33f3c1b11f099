"""The layers of Su's networks: what is padded does not matter."""

import keras
import numpy as np
import pytest
from keras import ops

from nlpx.layers import GatedDilatedConv
from nlpx.layers.reader import Reader
from nlpx.layers.stack import Stack
from nlpx.tasks.entity_linking.su2019.cross_attention import CrossAttention
from nlpx.tasks.entity_linking.su2019.matchers import AttentionMatcher, ConvMatcher
from nlpx.tasks.entity_linking.su2019.network import binary_cross_entropy


def stack():
    return Stack([GatedDilatedConv(name="conv")], projection=8, name="stack")


def padded(x, extra, value=0.0):
    return np.pad(x, [(0, 0), (0, extra), *[(0, 0)] * (x.ndim - 2)], constant_values=value)


@pytest.fixture
def pair():
    random = np.random.default_rng(0)
    states, about = random.normal(size=(2, 5, 8)), random.normal(size=(2, 7, 8))
    marks = random.integers(0, 2, (2, 5, 4))
    marks[:, 1:3, 0] = 1
    return states.astype("float32"), marks.astype("float32"), about.astype("float32")


@pytest.mark.parametrize(
    "matcher", [ConvMatcher(8), AttentionMatcher(stack(), ["mention", "characters", "objects"])]
)
def test_matchers_do_not_see_padding(matcher, pair):
    states, marks, about = pair
    real, told = np.ones((2, 5), bool), np.ones((2, 7), bool)
    plain = matcher(states, real, marks, about, told)
    wide = matcher(
        padded(states, 3),
        padded(real, 3, False),
        padded(marks, 3),
        padded(about, 4, 9.0),
        padded(told, 4, False),
    )
    assert plain.shape == (2,)
    assert ops.convert_to_numpy(wide) == pytest.approx(ops.convert_to_numpy(plain), abs=1e-5)


def test_a_matcher_sees_only_the_features_it_is_told(pair):
    states, marks, about = pair
    matcher = AttentionMatcher(stack(), ["mention", "words"])

    def judge(*flipped):
        changed = marks.copy()
        changed[:, :, flipped] = 1 - changed[:, :, flipped]
        out = matcher(states, np.ones((2, 5), bool), changed, about, np.ones((2, 7), bool))
        return ops.convert_to_numpy(out).tolist()

    assert judge(1, 3) == judge()
    assert judge(2) != judge()


def test_cross_attention_is_a_mean_where_all_keys_are_equal(pair):
    states, _, about = pair
    layer = CrossAttention(heads=2, width=4)
    same = np.repeat(about[:, :1], 7, axis=1)
    out = ops.convert_to_numpy(layer(states, same, np.ones((2, 5), bool), np.ones((2, 7), bool)))
    expected = ops.convert_to_numpy(layer.value(same[:, :1]))
    assert out == pytest.approx(np.repeat(expected, 5, axis=1), abs=1e-5)


def test_an_entity_of_which_nothing_is_told_gives_a_number(pair):
    states, marks, about = pair
    nothing = np.zeros((2, 7), bool)
    for matcher in (ConvMatcher(8), AttentionMatcher(stack(), ["mention"])):
        logits = matcher(states, np.ones((2, 5), bool), marks, about, nothing)
        assert np.isfinite(ops.convert_to_numpy(logits)).all()


def test_a_reader_gives_zeros_without_a_mask_of_its_own():
    out = Reader(stack())(np.ones((1, 3, 8), "float32"), np.array([[True, True, False]]))
    assert (ops.convert_to_numpy(out)[0, 2] == 0).all()
    assert getattr(out, "_keras_mask", None) is None


def test_cross_entropy_is_that_of_keras():
    logits, targets = np.linspace(-30, 30, 7, dtype="float32"), np.array([0, 1, 0, 1, 0, 1, 1], "float32")
    ours = ops.convert_to_numpy(binary_cross_entropy(logits, targets))
    theirs = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)(
        targets[:, None], logits[:, None]
    )
    assert ours == pytest.approx(ops.convert_to_numpy(theirs), rel=1e-5)
