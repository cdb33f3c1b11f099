"""One vector per text: by rule and by attention."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from nlpx.layers import AttentionPooling, Pooling
from tests.layers.harness import MASK, check_pooling, run

X = np.random.default_rng(1).normal(size=(*MASK.shape, 4)).astype("float32")


@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("kind", ["last", "mean", "max"])
def test_pooling(kind, directions):
    check_pooling(lambda: Pooling(kind, directions=directions, name="pooling"))


def test_attention_pooling():
    check_pooling(lambda: AttentionPooling(3, name="pooling"), tolerance=1e-4)


@pytest.mark.parametrize("kind", ["mean", "max"])
def test_the_rule_is_that_of_numpy(kind):
    wanted = [getattr(np, kind)(row[mask], axis=0) for row, mask in zip(X[:3], MASK[:3], strict=True)]
    np.testing.assert_allclose(run(Pooling(kind), X, MASK)[:3], wanted, rtol=1e-5)


def test_last_skips_padding_wherever_it_stands():
    mask = np.array([[0, 1, 0, 1, 0]] * 4, dtype=bool)
    np.testing.assert_array_equal(run(Pooling("last"), X, mask), X[:, 3])
    both = run(Pooling("last", directions=2), X, mask)
    np.testing.assert_array_equal(both, np.concatenate([X[:, 3, :2], X[:, 1, 2:]], axis=1))


def test_attention_weights_sum_to_one_over_real_positions():
    layer = AttentionPooling(3)
    layer.build(X.shape)
    weights = ops.convert_to_numpy(layer.weigh(X, ops.convert_to_tensor(MASK)))
    np.testing.assert_allclose(weights.sum(axis=1), [1, 1, 1, 0], atol=1e-6)
    assert np.all(weights[~MASK] == 0)


@pytest.mark.parametrize(("arguments", "message"), [(("sum",), "last, mean, max"), (("last", 3), "1 or 2")])
def test_wrong_arguments_are_refused(arguments, message):
    kind, *directions = arguments
    with pytest.raises(ValueError, match=message):
        Pooling(kind, directions=directions[0] if directions else 1)
