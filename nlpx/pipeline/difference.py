"""How sure it is that one run is better than another: both have predicted the same dev texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from nlpx.errors import NlpxError
from nlpx.pipeline.inference import looked_at, task_of
from nlpx.runs import Run
from nlpx.runs.reading import damaged, read_text
from nlpx.runs.scores import main_score

SPLIT = "dev"
RESAMPLES = 1000

Record = dict[str, Any]


class Difference(NamedTuple):
    """The main metric of the second run less that of the first, with its 95 % interval."""

    metric: str
    value: float
    low: float
    high: float
    texts: int
    resamples: int = RESAMPLES


def difference(a: Run, b: Run) -> Difference | str:
    """The difference of two runs by the paired bootstrap over dev texts; or why there is none, in words."""
    try:
        return _difference(a, b)
    except NlpxError as error:
        return error.what


def _difference(a: Run, b: Run) -> Difference | str:
    if a.task != b.task:
        return "the runs are of different tasks"
    scores = [main_score(run) for run in (a, b)]
    labels = [score.label for score in scores if score]
    if len(labels) < 2:
        return "one of the runs has no score"
    if labels[0] != labels[1] or not labels[0].startswith(SPLIT):
        return f"the runs are judged by {labels[0]} and {labels[1]}"
    sides = [_predictions(run) for run in (a, b)]
    if not all(sides):
        return f"one of the runs has no predictions/{SPLIT}.jsonl"
    if [_key(one) for one in sides[0]] != [_key(one) for one in sides[1]]:
        return f"the runs have predicted different texts of {SPLIT}"
    return _of_texts(b, sides, labels[1], [score.value for score in scores if score])


def _of_texts(
    run: Run, sides: Sequence[Sequence[Record]], label: str, known: Sequence[float]
) -> Difference | str:
    """The difference on the labels of today, which have to give the scores that the runs have told."""
    import numpy as np

    from nlpx.stats.paired import difference as paired

    task = task_of(run)
    examples = looked_at(run, task, task.read(SPLIT)[0])
    if [one.text for one in examples] != [one["text"] for one in sides[0]]:
        return f"the texts of {SPLIT} have changed since"
    if not task.labelled(examples):
        return f"{SPLIT} has no labels"
    if any(one.keys() != other.keys() for one, other in zip(*sides, strict=True)):
        return "the predictions of the runs have different keys"
    found = task.countable(examples, sides)
    if found is None:
        return f"{task.main_metric} is no function of counts that add up over texts"
    if not np.allclose(found.score(found.counts.sum(axis=0)[None])[0], known):
        return f"the labels of {SPLIT}, or the predictions, have changed since"
    return Difference(label, *paired(found, RESAMPLES, 0), len(examples))


def _predictions(run: Run) -> list[Record]:
    path = run.path / "predictions" / f"{SPLIT}.jsonl"
    if not path.exists():
        return []
    try:
        records = [json.loads(line) for line in read_text(path).split("\n") if line]
    except ValueError as error:
        raise damaged(path, str(error)) from error
    if not all(isinstance(record, dict) and isinstance(record.get("text"), str) for record in records):
        raise damaged(path, "a line is no object with a text")
    return records


def _key(record: Record) -> tuple[Any, ...]:
    return tuple(record.get(name) for name in ("id", "text", "pair"))
