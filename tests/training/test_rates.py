"""Learning rates of their own."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from nlpx.config.training import TrainingConfig
from nlpx.training.optimizer import build_optimizer


class Slow(keras.layers.Dense):
    """A dense layer whose kernel learns at a rate of its own."""

    rate = 1e-4

    @property
    def learning_rates(self):
        return [(self.kernel, self.rate)]


def model_and_optimizer(**options):
    model = keras.Sequential([Slow(3, name="slow"), keras.layers.Dense(3, name="fast")])
    model.build((None, 3))
    config = TrainingConfig(learning_rate=1e-2, clip_norm=None, **options)
    return model, build_optimizer(config, model, 10)


def moves(model, optimizer, gradient):
    """How far each variable goes in a step, and what it was, by layer and name."""
    before = [np.array(v) for v in model.trainable_variables]
    optimizer.apply([keras.ops.ones(v.shape) * gradient for v in model.trainable_variables])
    names = ["/".join(v.path.split("/")[-2:]) for v in model.trainable_variables]
    after = [np.array(v) for v in model.trainable_variables]
    return {name: (a - b, b) for name, a, b in zip(names, after, before, strict=True)}


@pytest.mark.parametrize("name", ["adam", "nadam", "rmsprop", "sgd"])
def test_a_step_is_as_long_as_the_variables_own_rate_says(name):
    step = moves(*model_and_optimizer(optimizer=name), 1.0)
    slow, fast = (np.abs(step[f"{layer}/kernel"][0]).mean() for layer in ("slow", "fast"))
    assert fast / slow == pytest.approx(100, rel=1e-2)
    bias = np.abs(step["slow/bias"][0]).mean()
    assert bias == pytest.approx(fast, rel=1e-3)


def test_decay_goes_by_the_same_rate_and_spares_biases():
    step = moves(*model_and_optimizer(weight_decay=0.5), 0.0)
    for layer, rate in (("slow", 1e-4), ("fast", 1e-2)):
        moved, weights = step[f"{layer}/kernel"]
        np.testing.assert_allclose(moved, -0.5 * rate * weights, rtol=0, atol=1e-7)
        assert not step[f"{layer}/bias"][0].any()


def test_rates_share_the_schedule():
    model, optimizer = model_and_optimizer(schedule="linear")
    first = moves(model, optimizer, 1.0)
    for _ in range(8):
        last = moves(model, optimizer, 1.0)
    for layer in ("slow", "fast"):
        path = f"{layer}/kernel"
        assert np.abs(last[path][0]).mean() < 0.3 * np.abs(first[path][0]).mean()
