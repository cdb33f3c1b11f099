"""Schedules reach their marks; weight decay spares biases; averages follow their definition."""

from __future__ import annotations

from typing import get_args

import keras
import numpy as np
import pytest
from keras import ops
from pydantic import ValidationError

from nlpx.config.training import TrainingConfig
from nlpx.training.average import WeightAverage
from nlpx.training.optimizer import build_optimizer
from nlpx.training.schedule import Piecewise, Schedule


def rates(kind: str, **options: float) -> list[float]:
    schedule = Schedule(1.0, 100, kind, **options)
    return [float(schedule(step)) for step in range(101)]


@pytest.mark.parametrize("kind", ["linear", "cosine"])
def test_the_rate_rises_to_its_peak_and_falls_to_the_end(kind):
    rate = rates(kind, warmup=0.1, final=0.2)
    assert rate[0] == pytest.approx(0.1)
    assert rate.index(max(rate)) == 9
    assert max(rate) == pytest.approx(1.0)
    assert all(np.diff(rate[9:]) <= 1e-6)
    assert rate[99] == pytest.approx(rate[100]) == pytest.approx(0.2)


def test_a_constant_rate_stays():
    assert set(rates("constant")) == {1.0}
    assert rates("constant", warmup=0.5)[50:] == [1.0] * 51


def test_a_piecewise_rate_goes_straight_from_point_to_point():
    schedule = Piecewise(2.0, 100, [(0.1, 1.0), (0.5, 0.5), (0.9, 0.0)])
    rate = {done: float(schedule(done - 1)) for done in range(1, 101)}
    wanted = {1: 0.2, 5: 1.0, 10: 2.0, 30: 1.5, 50: 1.0, 70: 0.5, 90: 0.0, 100: 0.0}
    assert {done: rate[done] for done in wanted} == pytest.approx(wanted, abs=1e-6)
    assert float(Piecewise(2.0, 100, [(0.0, 0.5), (1.0, 1.0)])(49)) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"schedule": "piecewise"}, "wants points"),
        ({"points": [(1.0, 0.0)]}, "points want it"),
        ({"schedule": "piecewise", "points": [(0.5, 1.0), (0.1, 0.0)]}, "ascending"),
        ({"schedule": "piecewise", "points": [(0.5, 1.0)], "warmup": 0.1}, "take warmup"),
        ({"adversarial": {"method": "gradient_penalty"}, "precision": "mixed_bfloat16"}, "float32"),
    ],
)
def test_keys_that_do_not_go_together_are_refused(keys, message):
    with pytest.raises(ValidationError, match=message):
        TrainingConfig(**keys)


@pytest.mark.parametrize("name", get_args(TrainingConfig.model_fields["optimizer"].annotation))
def test_every_optimiser_goes_downhill(name):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    optimizer = build_optimizer(TrainingConfig(optimizer=name, learning_rate=0.1), model, steps=9)
    before = float(ops.sum(model.trainable_variables[0]))
    optimizer.apply([ops.ones_like(variable) for variable in model.trainable_variables])
    assert float(ops.sum(model.trainable_variables[0])) < before


def test_weight_decay_spares_biases():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, bias_initializer="ones", name="out")])
    optimizer = build_optimizer(TrainingConfig(weight_decay=0.5, learning_rate=0.1), model, steps=9)
    kernel = model.get_weights()[0]
    optimizer.apply([ops.zeros_like(variable) for variable in model.trainable_variables])
    np.testing.assert_allclose(model.get_weights()[0], kernel * (1 - 0.5 * 0.1), rtol=1e-5)
    np.testing.assert_array_equal(model.get_weights()[1], [1.0])


@pytest.mark.parametrize("debias", [False, True])
def test_the_average_is_the_weighted_mean_of_all_values(debias):
    variable = keras.Variable([10.0])
    average = WeightAverage([variable], 0.9, debias=debias)
    values = np.array([1.0, 5.0, -2.0, 7.0])
    for step, value in enumerate(values, start=1):
        variable.assign([value])
        average.update(step)
    share = 0.1 * 0.9 ** np.arange(3, -1, -1)
    expected = (share * values).sum() / share.sum() if debias else (share * values).sum() + 0.9**4 * 10
    with average.swapped_in():
        assert float(variable[0]) == pytest.approx(expected, rel=1e-5)
    assert float(variable[0]) == 7.0


def test_weights_come_back_when_evaluation_fails():
    variable = keras.Variable([1.0])
    average = WeightAverage([variable], 0.5, debias=False)
    variable.assign([3.0])

    def evaluate() -> None:
        with average.swapped_in():
            assert float(variable[0]) == 1.0
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate()
    assert float(variable[0]) == 3.0


def test_without_decay_nothing_is_averaged():
    average = WeightAverage([keras.Variable([1.0])], None, debias=True)
    average.update(1)
    assert not average.averages
