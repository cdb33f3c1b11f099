"""Counts of each text that entity-level F1 comes from, of several predictions files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nlpx.stats.paired import Countable
from nlpx.stats.scores import scores
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.metrics import count
from nlpx.text.spans import Span


def countable(examples: Sequence[Example], sides: Sequence[Sequence[Mapping[str, Any]]]) -> Countable:
    """Correct, predicted and gold entities `(texts, sides, 3)`; see `Task.countable`."""
    gold = [example.spans for example in examples]
    each = [count(gold, [_spans(record) for record in side])[1].sum(axis=1) for side in sides]
    return Countable(np.stack(each, axis=1), lambda totals: scores(totals)[..., 2])


def _spans(record: Mapping[str, Any]) -> list[Span]:
    return [Span(span["start"], span["end"], span["label"]) for span in record["spans"]]
