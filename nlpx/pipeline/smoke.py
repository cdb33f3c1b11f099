"""The few texts that a smoke run looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nlpx.task import Task

SMOKE_EXAMPLES = 64
"""Texts of each split in a smoke run."""


def smoke_sample(task: Task[Any, Any], examples: Sequence[Any]) -> list[Any]:
    """A few examples from all over a split, in order: up to half of them labelled ones, however rare these are."""
    labelled = _spread([row for row, one in enumerate(examples) if task.labelled([one])], SMOKE_EXAMPLES // 2)
    chosen = set(labelled)
    others = [row for row in range(len(examples)) if row not in chosen]
    rows = sorted([*labelled, *_spread(others, SMOKE_EXAMPLES - len(labelled))])
    return [examples[row] for row in rows]


def _spread(rows: Sequence[int], most: int) -> list[int]:
    """At most so many of the rows, evenly."""
    step = max(1.0, len(rows) / most)
    return [rows[int(number * step)] for number in range(min(most, len(rows)))]
