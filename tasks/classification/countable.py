"""Counts of each text that a classifier's score comes from, of several predictions files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpx.stats.paired import Countable
from nlpx.tasks.classification.counts import SCORES, count
from nlpx.tasks.classification.example import Example


def countable(
    examples: Sequence[Example], sides: Sequence[Sequence[Mapping[str, Any]]], metric: str, *, several: bool
) -> Countable | None:
    """Right, predicted and true classes `(texts, sides, labels, 3)`; see `Task.countable`.

    Args:
        metric: the main one.
        several: a text may have any number of classes; its accuracy is no function of these counts.
    """
    if metric not in SCORES or (several and metric == "accuracy"):
        return None
    gold = [example.labels for example in examples]
    said = [record["labels"] if several else [record["label"]] for side in sides for record in side]
    labels, counts = count(gold * len(sides), said)
    apart = counts.reshape(len(sides), len(examples), len(labels), 3)
    return Countable(apart.swapaxes(0, 1), SCORES[metric])
