"""LAMB and AdaFactor, step by step against NumPy."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import ops

from nlpx.training.adafactor import Adafactor
from nlpx.training.lamb import Lamb

DRAW = np.random.default_rng(0)
STARTS = {
    "kernel": DRAW.normal(size=(4, 3)).astype("float32"),
    "stack": DRAW.normal(size=(2, 4, 3)).astype("float32"),
    "scale": DRAW.normal(size=5).astype("float32"),
    "bias": DRAW.normal(size=(2, 3)).astype("float32"),
    "zeros": np.zeros((3, 3), "float32"),
}
RATE, DECAY = 0.05, 0.1
SLOPES = {name: [DRAW.normal(size=start.shape) for _ in range(4)] for name, start in STARTS.items()}


def walk(optimizer: keras.optimizers.Optimizer) -> dict[str, np.ndarray]:
    """The variables after four steps."""
    variables = {name: keras.Variable(start, name=name) for name, start in STARTS.items()}
    optimizer.build(list(variables.values()))
    for step in range(4):
        optimizer.apply([ops.cast(SLOPES[name][step], "float32") for name in variables])
    return {name: ops.convert_to_numpy(variable) for name, variable in variables.items()}


@pytest.fixture(scope="module")
def by_lamb() -> dict[str, np.ndarray]:
    return walk(Lamb(RATE, weight_decay=DECAY))


@pytest.fixture(scope="module")
def by_adafactor() -> dict[str, np.ndarray]:
    return walk(Adafactor(RATE))


def adam_steps(slopes: list[np.ndarray]) -> list[np.ndarray]:
    first = second = np.zeros(slopes[0].shape)
    steps = []
    for t, g in enumerate(slopes, start=1):
        first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g**2
        steps.append(first / (1 - 0.9**t) / (np.sqrt(second / (1 - 0.999**t)) + 1e-6))
    return steps


@pytest.mark.parametrize("name", STARTS)
def test_lamb(by_lamb, name):
    w = STARTS[name].astype("float64")
    free, adapted = name in ("scale", "bias"), name in ("kernel", "stack")
    for update in adam_steps(SLOPES[name]):
        u = update + (0 if free else DECAY * w)
        w = w - RATE * (np.linalg.norm(w) / np.linalg.norm(u) if adapted else 1) * u
    np.testing.assert_allclose(by_lamb[name], w, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", STARTS)
def test_adafactor(by_adafactor, name):
    w = STARTS[name].astype("float64")
    moments: list[np.ndarray | float] = [0.0, 0.0]
    for t, g in enumerate(SLOPES[name], start=1):
        keep, square = 1 - t**-0.8, g**2 + 1e-30
        news = [square, square] if w.ndim < 2 else [square.mean(-1), square.mean(-2)]
        moments = [keep * m + (1 - keep) * new for m, new in zip(moments, news, strict=True)]
        r, c = moments
        v = r if w.ndim < 2 else r[..., None] * c[..., None, :] / r.mean(-1)[..., None, None]
        u = g / np.sqrt(v)
        size = max(1e-3, np.sqrt((w**2).mean()))
        w = w - RATE * size * u / max(1.0, np.sqrt((u**2).mean()))
    np.testing.assert_allclose(by_adafactor[name], w, rtol=1e-4, atol=1e-6)


def test_adafactor_keeps_rows_and_columns_only():
    optimizer = Adafactor(0.1)
    optimizer.build([keras.Variable(np.ones((100, 50), "float32"), name="kernel")])
    moments = [v for v in optimizer.variables if len(v.shape)]
    assert sum(np.prod(v.shape) for v in moments) == 150


@pytest.mark.parametrize("make", [Lamb, Adafactor])
def test_no_gradient_at_all_or_in_a_row_and_a_column_is_no_trouble(
    make: Callable[..., keras.optimizers.Optimizer],
):
    variable = keras.Variable(np.ones((3, 3), "float32"), name="kernel")
    optimizer = make(0.1)
    optimizer.build([variable])
    slope = np.ones((3, 3), "float32")
    slope[0] = slope[:, 0] = 0
    for gradient in (0 * slope, slope, slope):
        optimizer.apply([ops.convert_to_tensor(gradient)])
    found = ops.convert_to_numpy(variable)
    assert np.isfinite(found).all()
    assert (found[0] == 1).all()
    assert (found[1:, 1:] < 1).all()
