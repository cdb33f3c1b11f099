"""All metrics of one split: scikit-learn computes them, and each score that counts has a bootstrap interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nlpx.stats.bootstrap import intervals
from nlpx.stats.calibration import calibration_error
from nlpx.stats.scores import SCORES as NAMES
from nlpx.stats.scores import scores
from nlpx.tasks.classification.counts import SCORES, count
from nlpx.tasks.classification.example import Example, Prediction
from nlpx.tasks.classification.label_set import LabelSet

LIKELY = 1e-12
"""Probabilities are kept this far from 0 and 1 in the logarithm."""


def evaluate(
    examples: Sequence[Example],
    predictions: Sequence[Prediction],
    *,
    several: bool = False,
    bootstrap: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """All scores of one split.

    Args:
        several: a text may have any number of classes.
        bootstrap: resamples of the texts for the 95 % intervals; 0 for none.

    Returns:
        `accuracy` (share of texts whose classes are all right), `macro_f1`, `weighted_f1`, `f1` (micro), `per_label`
        with precision, recall, f1 and support of each class, `confusion` (one class: rows are true, columns
        predicted), `roc_auc` (two classes, both present), `calibration_error`, `log_loss`, `counts`, `interval`.
    """
    gold = [one.labels for one in examples]
    said = [one.labels for one in predictions]
    labels, counts = count(gold, said)
    metrics: dict[str, Any] = _totals(gold, said, labels, several=several)
    metrics["per_label"] = _per_label(gold, said, labels)
    known = list(predictions[0].probabilities) if predictions else []
    table = np.array([[one.probabilities[name] for name in known] for one in predictions])
    if not several:
        metrics["confusion"] = _confusion(gold, said, sorted({*labels, *known}))
        metrics |= _of_probabilities(gold, known, table)
    metrics["counts"] = {
        "texts": len(gold),
        "wrong": sum(set(true) != set(out) for true, out in zip(gold, said, strict=True)),
        "unknown_labels": len({label for true in gold for label in true} - set(known)),
    }
    if bootstrap:
        _add_intervals(metrics, labels, counts, several, bootstrap, seed)
    return metrics


def _indicators(side: Sequence[Sequence[str]], labels: list[str]) -> np.ndarray:
    """Classes as 0 and 1, int `(texts, labels)`."""
    examples = [Example("", "", tuple(names)) for names in side]
    return LabelSet(tuple(labels), several=True).encode(examples).astype(int)


def _totals(
    gold: Sequence[Sequence[str]], said: Sequence[Sequence[str]], labels: list[str], *, several: bool
) -> dict[str, float]:
    from sklearn.metrics import accuracy_score, f1_score

    true, found = _indicators(gold, labels), _indicators(said, labels)
    kinds = {"f1": "micro", "macro_f1": "macro", "weighted_f1": "weighted"}
    totals = {"accuracy": float(accuracy_score(true, found))}
    for name, average in kinds.items():
        totals[name] = float(f1_score(true, found, average=average, zero_division=0))
    return totals


def _per_label(
    gold: Sequence[Sequence[str]], said: Sequence[Sequence[str]], labels: list[str]
) -> dict[str, dict[str, Any]]:
    from sklearn.metrics import precision_recall_fscore_support

    columns = precision_recall_fscore_support(
        _indicators(gold, labels), _indicators(said, labels), average=None, zero_division=0
    )
    return {
        label: {
            **dict(zip(NAMES, (float(column[row]) for column in columns), strict=False)),
            "support": int(columns[3][row]),
        }
        for row, label in enumerate(labels)
    }


def _confusion(
    gold: Sequence[Sequence[str]], said: Sequence[Sequence[str]], labels: list[str]
) -> dict[str, Any]:
    from sklearn.metrics import confusion_matrix

    table = confusion_matrix([true[0] for true in gold], [out[0] for out in said], labels=labels)
    return {"labels": labels, "table": table.tolist()}


def _of_probabilities(gold: Sequence[Sequence[str]], known: list[str], table: np.ndarray) -> dict[str, Any]:
    """What depends on how sure the predictions are, over the texts whose class the model knows."""
    from sklearn.metrics import roc_auc_score

    place = {name: column for column, name in enumerate(known)}
    rows = [row for row, true in enumerate(gold) if true[0] in place]
    if not rows:
        return {}
    true = np.array([place[gold[row][0]] for row in rows])
    table = table[rows]
    right = table.argmax(axis=1) == true
    found: dict[str, Any] = {
        "calibration_error": calibration_error(table.max(axis=1), right),
        "log_loss": float(-np.log(np.clip(table[np.arange(len(true)), true], LIKELY, 1)).mean()),
    }
    if len(known) == 2 and len(set(true.tolist())) == 2:
        found["roc_auc"] = float(roc_auc_score(true, table[:, 1]))
    return found


def _add_intervals(
    metrics: dict[str, Any], labels: list[str], counts: np.ndarray, several: bool, resamples: int, seed: int
) -> None:
    names = [name for name in SCORES if name != "accuracy" or not several]
    *totals, per_label = intervals(
        counts,
        [*(SCORES[name] for name in names), scores],  # of totals (resamples, labels, 3)
        resamples,
        seed,
    )
    metrics["interval"] = {name: total.tolist() for name, total in zip(names, totals, strict=True)}
    for row, label in enumerate(labels):
        metrics["per_label"][label]["interval"] = dict(zip(NAMES, per_label[:, row].T.tolist(), strict=True))
