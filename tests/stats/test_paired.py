"""The interval of the difference of two models on the same texts."""

from __future__ import annotations

import numpy as np
import pytest

from nlpx.stats.paired import Countable, difference

TEXTS = 200


def accuracy(*models: np.ndarray) -> Countable:
    """Right answers of models, one per text."""
    return Countable(np.stack(models, axis=1).astype(float), lambda totals: totals / TEXTS)


@pytest.fixture
def right():
    return np.random.default_rng(0).random(TEXTS) < 0.7


def test_a_model_does_not_differ_from_itself(right):
    assert difference(accuracy(right, right), 100, 0) == (0.0, 0.0, 0.0)


def test_a_model_that_errs_in_some_more_texts_is_surely_worse(right):
    worse = right & (np.arange(TEXTS) % 10 > 0)
    value, low, high = difference(accuracy(right, worse), 500, 0)
    assert low < value < high < 0
    assert value == pytest.approx(worse.mean() - right.mean())


def test_the_interval_is_narrower_than_that_of_models_that_err_in_other_texts(right):
    worse = right & (np.arange(TEXTS) % 20 > 0)
    together, apart = (difference(accuracy(right, other), 500, 0) for other in (worse, worse[::-1]))
    assert together[2] - together[1] < (apart[2] - apart[1]) / 1.5
