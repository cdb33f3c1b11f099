"""All scores of one split: whole answers by every rule, single stages, slices and errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nlpx.stats.bootstrap import intervals
from nlpx.stats.scores import SCORES, scores
from nlpx.tasks.entity_linking.example import Example, Prediction
from nlpx.tasks.entity_linking.metrics_errors import error_counts
from nlpx.tasks.entity_linking.metrics_rules import MAIN, RULES, fitting_rules
from nlpx.tasks.entity_linking.metrics_stages import (
    calibration_scores,
    candidate_scores,
    disambiguation_scores,
    golds,
    nil_scores,
    slice_scores,
)
from nlpx.tasks.entity_linking.statistics import LinkStatistics


def evaluate(
    examples: Sequence[Example],
    predictions: Sequence[Prediction],
    *,
    rules: Sequence[str] = tuple(RULES),
    known: LinkStatistics | None = None,
    bootstrap: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """All scores of one split.

    Args:
        rules: those of `RULES` to score by; what the labels do not allow is left out.
        known: the links of the training texts, for the slices that need them.
        bootstrap: resamples of the texts for the 95 % intervals; 0 for none.

    Returns:
        `precision`, `recall`, `f1` by the participants' rule; `mention_f1`, `concept_f1`, `official_2020_f1`,
        `accuracy`; `interval` with ``[low, high]`` for each of these; `rules` with precision, recall, F1 and counts
        by each rule; `candidates`, `disambiguation`, `nil`, `calibration`, `slices`, `errors`, see `metrics_stages` and
        `metrics_errors`; `counts`. Without entity ids in the gold, mentions are scored alone.
    """
    labelled = [pair for pair in zip(examples, predictions, strict=True) if pair[0].labelled]
    texts, answers = [one for one, _ in labelled], [other for _, other in labelled]
    rules = [rule for rule in fitting_rules(texts) if rule in rules]
    counts = np.array([[RULES[rule](*pair) for rule in rules] for pair in labelled], dtype=float).reshape(
        len(labelled), len(rules), 3
    )
    metrics = _whole(rules, counts)
    if bootstrap:
        [interval] = intervals(counts, (scores,), bootstrap, seed)  # (2, rules, 3)
        metrics["interval"] = _top(rules, np.moveaxis(interval, 0, -1))
    metrics["counts"] = {"texts": len(texts), "unlabelled": len(examples) - len(texts)}
    if "links" in rules:
        metrics |= stage_scores(texts, answers, known)
    return metrics


def stage_scores(
    examples: Sequence[Example], predictions: Sequence[Prediction], known: LinkStatistics | None = None
) -> dict[str, Any]:
    """The scores of single stages, slices and errors; see `metrics_stages` and `metrics_errors`."""
    every = golds(examples, predictions)
    linked = [gold for gold in every if gold.ids]
    return {
        "candidates": candidate_scores(linked),
        "disambiguation": disambiguation_scores(linked),
        "nil": nil_scores(every),
        "calibration": calibration_scores(examples, predictions),
        "slices": slice_scores(linked, known),
        "errors": error_counts(examples, predictions),
    }


def _whole(rules: Sequence[str], counts: np.ndarray) -> dict[str, Any]:
    total = counts.sum(axis=0)  # (rules, 3)
    values = scores(total)
    metrics = _top(rules, values)
    metrics["rules"] = {
        rule: {
            **dict(zip(SCORES, values[row].tolist(), strict=True)),
            **dict(zip(("correct", "answers", "gold"), total[row].astype(int).tolist(), strict=True)),
        }
        for row, rule in enumerate(rules)
    }
    return metrics


def _top(rules: Sequence[str], values: np.ndarray) -> dict[str, Any]:
    """The scores that a run is judged by, or their intervals, by name; values (rules, 3, ...)."""
    named: dict[str, Any] = {}
    for row, rule in enumerate(rules):
        named[MAIN[rule]] = values[row, 2].tolist()
        if rule == "links":
            named |= dict(zip(SCORES, values[row].tolist(), strict=True))
    return named
