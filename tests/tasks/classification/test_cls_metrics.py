"""Metrics against scikit-learn's own words, and the intervals around them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from nlpx.stats.calibration import calibration_bins, calibration_error
from nlpx.tasks.classification.counts import SCORES, count
from nlpx.tasks.classification.example import Example, Prediction
from nlpx.tasks.classification.metrics import evaluate
from nlpx.tasks.classification.metrics_table import rows
from nlpx.tasks.classification.quick_score import main_metric, quick_score
from tests.tasks.classification.cls_samples import said

GOLD = ["pos", "pos", "neg", "neg", "neg", "pos"]
SAID = ["pos", "neg", "neg", "neg", "pos", "pos"]
EXAMPLES = [Example(str(i), "x", (label,)) for i, label in enumerate(GOLD)]
PREDICTIONS = [said(label, sure=0.6 + i / 20) for i, label in enumerate(SAID)]
LABELS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=12)


def test_scores_are_those_of_scikit_learn():
    metrics = evaluate(EXAMPLES, PREDICTIONS)
    assert metrics["accuracy"] == accuracy_score(GOLD, SAID) == pytest.approx(4 / 6)
    assert metrics["macro_f1"] == f1_score(GOLD, SAID, average="macro")
    assert metrics["roc_auc"] == roc_auc_score(GOLD, [one.probabilities["pos"] for one in PREDICTIONS])
    assert metrics["confusion"] == {"labels": ["neg", "pos"], "table": [[2, 1], [1, 2]]}
    assert metrics["per_label"]["neg"]["support"] == 3
    assert metrics["counts"] == {"texts": 6, "wrong": 2, "unknown_labels": 0}


@given(LABELS)
def test_scores_from_counts_are_those_of_scikit_learn(pairs):
    gold, found = zip(*pairs, strict=True)
    _, counts = count([(one,) for one in gold], [(one,) for one in found])
    total = counts.sum(axis=0)
    assert SCORES["accuracy"](total) == pytest.approx(accuracy_score(gold, found))
    for name, average in (("f1", "micro"), ("macro_f1", "macro"), ("weighted_f1", "weighted")):
        wanted = f1_score(gold, found, average=average, zero_division=0)
        assert SCORES[name](total) == pytest.approx(wanted)


@given(LABELS)
def test_intervals_lie_around_their_score(pairs):
    examples = [Example(str(i), "x", (gold,)) for i, (gold, _) in enumerate(pairs)]
    metrics = evaluate(examples, [said(found, of="abc") for _, found in pairs], bootstrap=50)
    low, high = metrics["interval"]["accuracy"]
    assert 0 <= low <= high <= 1
    assert low <= metrics["accuracy"] + 1e-9
    assert high >= metrics["accuracy"] - 1e-9


def test_several_labels_per_text():
    examples = [Example("0", "x", ("a", "b")), Example("1", "x", ("b",)), Example("2", "x", ())]
    predictions = [said("a", of="abc"), said("b", of="abc"), Prediction((), {"a": 0.1, "b": 0.2, "c": 0.3})]
    metrics = evaluate(examples, predictions, several=True)
    assert metrics["accuracy"] == pytest.approx(2 / 3)
    assert metrics["f1"] == pytest.approx(0.8)
    assert "confusion" not in metrics
    assert quick_score(examples, predictions, "auto", several=True) == {"f1": pytest.approx(0.8)}


def test_a_class_that_training_never_saw_counts_as_wrong():
    examples = [*EXAMPLES, Example("6", "x", ("odd",))]
    metrics = evaluate(examples, [*PREDICTIONS, said("pos")])
    assert metrics["accuracy"] == pytest.approx(4 / 7)
    assert metrics["counts"]["unknown_labels"] == 1
    assert metrics["per_label"]["odd"]["recall"] == 0


def test_calibration_is_perfect_where_confidence_is_what_happens():
    sure = np.array([0.75] * 8 + [0.5] * 4)
    right = np.array([1, 1, 1, 0] * 2 + [1, 0] * 2)
    assert calibration_error(sure, right) == pytest.approx(0)
    assert calibration_error(np.ones(4), np.array([1, 0, 0, 0])) == pytest.approx(0.75)
    assert calibration_bins(sure, right)[:, 0].sum() == 12
    assert calibration_error(np.zeros(0), np.zeros(0)) == 0


@pytest.mark.parametrize(
    ("metric", "several", "name"),
    [("auto", False, "accuracy"), ("auto", True, "f1"), ("macro_f1", False, "macro_f1")],
)
def test_the_config_decides_what_judges_a_run(metric, several, name):
    assert main_metric(metric, several=several) == name


def test_the_table_shows_totals_and_classes():
    table = rows(evaluate(EXAMPLES, PREDICTIONS))
    assert {len(row) for row in table} == {6}
    assert [row[0] for row in table] == [
        "", "accuracy", "macro_f1", "weighted_f1", "roc_auc", "calibration_error", "log_loss (nats)", "neg", "pos",
    ]  # fmt: skip
    assert table[0][:2] == ("", "value")
    assert re.fullmatch(r"66\.67 \[[\d.]+, [\d.]+\]", table[1][1])
    assert {row[1] for row in table[-2:]} == {""}
