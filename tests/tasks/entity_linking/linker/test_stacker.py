"""Boosted trees as arrays say what scikit-learn says, and the stacker's probabilities are honest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nlpx.errors import RunError
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.linker.calibration import fit_sigmoid, log_loss, sigmoid
from nlpx.tasks.entity_linking.linker.sklearn_trees import export
from nlpx.tasks.entity_linking.linker.stacker import Stacker
from nlpx.tasks.entity_linking.linker.stacker_config import StackerConfig

SMALL = StackerConfig(trees=20, leaves=8, learning_rate=0.2, folds=3)
NAMES = tuple("abcdef")
CALM = FitContext(Path("unused"), seed=0)


def table(rows: int = 1500, seed: int = 0, missing: float = 0.1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, labels and groups of ten rows; the label depends on three columns."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, len(NAMES))).astype(np.float32)
    y = x[:, 0] * x[:, 1] + x[:, 2] + rng.normal(size=rows) > 0.5
    x[rng.random(x.shape) < missing] = np.nan
    return x, y, np.arange(rows) // 10


@pytest.mark.parametrize("leaves", [2, 31, 200])
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_arrays_say_what_sklearn_says(leaves: int, missing: float) -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    x, y, _ = table(9000, missing=missing)
    model = HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=leaves, early_stopping=False)
    trees = export(model.fit(x, y))
    probe = np.concatenate([x, np.full((1, x.shape[1]), np.nan, np.float32), np.round(x, 1)])
    np.testing.assert_allclose(sigmoid(trees.raw(probe)), model.predict_proba(probe)[:, 1], rtol=1e-12)
    np.testing.assert_allclose(trees.first(5).raw(x), list(model.staged_decision_function(x))[4].ravel())


def test_stages_end_where_raw_is() -> None:
    x, y, groups = table()
    stacker = Stacker()
    stacker.fit(x, y, CALM, names=NAMES, groups=groups, options=SMALL)
    *_, last = stacker.trees.stages(x)
    np.testing.assert_array_equal(last, stacker.trees.raw(x))


def test_held_out_probabilities_are_calibrated_and_better_than_the_prior() -> None:
    x, y, groups = table(6000)
    stacker = Stacker()
    held_out = stacker.fit(x, y, CALM, names=NAMES, groups=groups, options=SMALL)
    log_odds = np.log(held_out / (1 - held_out))
    assert log_loss(log_odds, y) < 0.9 * log_loss(np.full(len(y), np.log(y.mean() / (1 - y.mean()))), y)
    assert held_out.mean() == pytest.approx(y.mean(), abs=0.005)
    assert np.abs(held_out - y).mean() > np.abs(stacker.predict(x) - y).mean()  # it saw those


@pytest.mark.parametrize("folds", [2, 4])
def test_every_row_is_held_out_once(folds: int) -> None:
    x, y, groups = table(1000)
    options = SMALL.model_copy(update={"folds": folds})
    assert np.isfinite(Stacker().fit(x, y, CALM, names=NAMES, groups=groups, options=options)).all()


def test_saved_stacker_says_the_same_byte_for_byte(tmp_path: Path) -> None:
    x, y, groups = table()
    files = []
    for name in ("one", "two"):
        stacker = Stacker()
        stacker.fit(x, y, CALM, names=NAMES, groups=groups, options=SMALL)
        stacker.save(tmp_path / name)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]
    loaded = Stacker.load(tmp_path / "one")
    assert loaded.names == NAMES
    np.testing.assert_array_equal(loaded.predict(x), stacker.predict(x))


def test_loading_needs_no_sklearn(tmp_path: Path) -> None:
    x, y, _ = table(300)
    stacker = Stacker()
    stacker.fit(x, y, CALM, names=NAMES, options=SMALL)
    stacker.save(tmp_path / "stacker")
    code = """if True:
        import sys, numpy, pathlib
        from nlpx.tasks.entity_linking.linker.stacker import Stacker
        Stacker.load(pathlib.Path(sys.argv[1])).predict(numpy.zeros((2, 6), "f4"))
        assert not {"sklearn", "tensorflow", "keras"} & set(sys.modules)
    """
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "stacker")], check=True)


@pytest.mark.parametrize("label", [False, True])
def test_one_class_alone_gives_one_probability(label: bool) -> None:
    x, _, groups = table(200)
    stacker = Stacker()
    stacker.fit(x, np.full(200, label), CALM, names=NAMES, groups=groups, options=SMALL)
    assert (stacker.predict(x) > 0.9).all() == label
    assert len(np.unique(stacker.predict(x))) == 1


def seconds(count: float) -> FitContext:
    return FitContext(Path("unused"), seed=0, max_seconds=count)


def test_without_time_there_are_few_trees_and_with_enough_all() -> None:
    x, y, groups = table(1000)
    hurried, calm, free = Stacker(), Stacker(), Stacker()
    assert np.isfinite(hurried.fit(x, y, seconds(0), names=NAMES, groups=groups, options=SMALL)).all()
    assert hurried.hurried
    assert 0 < len(hurried.trees) <= 10
    calm.fit(x, y, seconds(1e6), names=NAMES, groups=groups, options=SMALL)
    free.fit(x, y, CALM, names=NAMES, groups=groups, options=SMALL)
    assert not calm.hurried
    np.testing.assert_array_equal(calm.predict(x), free.predict(x))


def test_refuses_what_does_not_fit() -> None:
    with pytest.raises(RunError, match="not trained"):
        _ = Stacker().trees
    x, y, _ = table(100)
    stacker = Stacker()
    stacker.fit(x, y, CALM, names=NAMES, options=SMALL)
    with pytest.raises(ValueError, match="6 columns and got 5"):
        stacker.predict(x[:, :5])


def test_sigmoid_recovers_what_scores_were_scaled_by() -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(size=20000) * 2
    labels = rng.random(20000) < sigmoid(truth)
    slope, offset = fit_sigmoid(3 * truth + 1, labels)
    assert slope == pytest.approx(1 / 3, abs=0.02)
    assert offset == pytest.approx(-1 / 3, abs=0.05)


def test_sigmoid_stays_finite() -> None:
    assert np.isfinite(fit_sigmoid(np.array([-1.0, 1.0]), np.array([False, True]))).all()
    np.testing.assert_array_equal(sigmoid(np.array([-1e9, 0, 1e9])), [0, 0.5, 1])
