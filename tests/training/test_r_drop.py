"""R-Drop and flooding: what they add to the loss, and where they add nothing."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from nlpx.config.training import TrainingConfig
from nlpx.errors import ConfigError
from nlpx.layers.divergence import bernoulli, categorical
from nlpx.layers.softmax_tags import SoftmaxTags
from nlpx.tagging.network import Tagger
from nlpx.training.loss import flooded, plain
from nlpx.training.options import make_loss
from tests.training.toy_training import assert_same, changes, make_batch, make_toy, toy_step

BATCH = make_batch(6, 8)
logits = st.lists(st.floats(-20, 20), min_size=3, max_size=3).map(lambda row: np.array([row], "float32"))


def test_without_dropout_it_is_plain_training():
    toy, other = make_toy(), make_toy()
    assert_same(changes(other, toy_step(other, r_drop=5.0), BATCH), changes(toy, toy_step(toy), BATCH))


def test_with_dropout_it_adds_half_the_weight_times_the_mean_divergence():
    two_passes = make_toy(dropout=0.5)
    one, other = two_passes(BATCH, training=True), two_passes(BATCH, training=True)
    losses = [float(two_passes.compute_loss(BATCH, None, out, None)) for out in (one, other)]
    apart = [float(two_passes.divergence(a, b, BATCH)) for a, b in ((one, other), (other, one))]
    found = float(make_loss(make_toy(dropout=0.5), TrainingConfig(r_drop=3.0))(BATCH))
    assert min(apart) > 1e-4
    assert found == pytest.approx(np.mean(losses) + 3.0 / 2 * np.mean(apart), rel=1e-5)


def test_a_network_that_can_not_compare_is_refused():
    with pytest.raises(ConfigError, match=r"training.r_drop compares .* \(other\)"):
        make_loss(keras.Sequential(name="other"), TrainingConfig(r_drop=1.0))


@pytest.mark.parametrize("level", [0.5, 2.0])
def test_flooding_turns_round_below_its_level(level):
    toy = make_toy()
    loss = float(plain(toy)(BATCH))
    assert 0.5 < loss < 2.0
    assert float(flooded(plain(toy), level)(BATCH)) == pytest.approx(abs(loss - level) + level)
    up = 1 if level > loss else -1
    flooded_change = changes(toy, toy_step(toy, flooding=level), BATCH)
    assert_same([-up * c for c in flooded_change], changes(other := make_toy(), toy_step(other), BATCH))


@given(logits, logits)
def test_divergences_are_those_of_the_definition(p, q):
    a, b = (
        np.exp(x - x.max()) / np.exp(x - x.max()).sum() for x in (p.astype("float64"), q.astype("float64"))
    )
    assert float(categorical(p, q)[0]) == pytest.approx((a * np.log(a / b)).sum(), rel=1e-3, abs=1e-4)
    yes, other = (1 / (1 + np.exp(-x.astype("float64"))) for x in (p, q))
    wanted = yes * np.log(yes / other) + (1 - yes) * np.log1p(-yes) - (1 - yes) * np.log1p(-other)
    np.testing.assert_allclose(ops.convert_to_numpy(bernoulli(p, q)), wanted, rtol=1e-3, atol=1e-4)


def test_a_tagger_compares_real_positions_only():
    tagger = Tagger(keras.layers.Identity(), SoftmaxTags(3, name="head"), 3, name="tagger")
    draw = np.random.default_rng(0)
    first, second = (draw.normal(size=(3, 6, 3)).astype("float32") for _ in range(2))
    mask = np.arange(6) < np.array([[6], [2], [0]])
    found = float(tagger.divergence(first, second, {"mask": mask}))
    each = ops.convert_to_numpy(categorical(first, second))
    assert found == pytest.approx(each[mask].sum() / 2, rel=1e-5)
