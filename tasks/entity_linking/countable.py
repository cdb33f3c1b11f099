"""Counts of each text that the score of a rule comes from, of several predictions files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nlpx.stats.paired import Countable
from nlpx.stats.scores import scores
from nlpx.tasks.entity_linking.example import Example, Link, Prediction
from nlpx.tasks.entity_linking.metrics_rules import RULES


def countable(
    examples: Sequence[Example], sides: Sequence[Sequence[Mapping[str, Any]]], rule: str
) -> Countable:
    """Correct, answered and wanted ones by a rule `(texts, sides, 3)`; see `Task.countable`."""
    rows = [
        [_counts(example, record, rule) for record in records]
        for example, *records in zip(examples, *sides, strict=True)
    ]
    counts = np.array(rows, float).reshape(len(examples), len(sides), 3)
    return Countable(counts, lambda totals: scores(totals)[..., 2])


def _counts(example: Example, record: Mapping[str, Any], rule: str) -> tuple[int, int, int]:
    links = [Link(link["start"], link["end"], link["entity_id"]) for link in record["links"]]
    return RULES[rule](example, Prediction(links)) if example.labelled else (0, 0, 0)
