"""The one score that chooses an epoch, without the rest of the metrics."""

from __future__ import annotations

from collections.abc import Sequence

from nlpx.tasks.classification.counts import SCORES, count
from nlpx.tasks.classification.example import Example, Prediction


def main_metric(metric: str, *, several: bool) -> str:
    """The name of the metric that judges a run."""
    if metric == "auto":
        return "f1" if several else "accuracy"
    return metric


def quick_score(
    examples: Sequence[Example], predictions: Sequence[Prediction], metric: str, *, several: bool
) -> dict[str, float]:
    """The metric by its name."""
    name = main_metric(metric, several=several)
    _, counts = count([one.labels for one in examples], [one.labels for one in predictions])
    return {name: float(SCORES[name](counts.sum(axis=0)[None])[0])}
