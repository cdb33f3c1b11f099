"""How sure it is that one run is better than another: both have predicted the same dev texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from nlpx.config.load import load
from nlpx.errors import NlpxError
from nlpx.pipeline.smoke import smoke_sample
from nlpx.runs import Run
from nlpx.runs.scores import is_smoke, main_score
from nlpx.task import Task, get_task

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

    task, examples = _gold(run)
    if [one.text for one in examples] != [one["text"] for one in sides[0]]:
        return f"the texts of {SPLIT} have changed since"
    if not task.labelled(examples):
        return f"{SPLIT} has no labels"
    found = task.countable(examples, sides)
    if found is None:
        return f"{task.main_metric} is no function of counts that add up over texts"
    if not np.allclose(found.score(found.counts.sum(axis=0)[None])[0], known):
        return f"the labels of {SPLIT}, or the predictions, have changed since"
    return Difference(label, *paired(found, RESAMPLES, 0), len(examples))


def _gold(run: Run) -> tuple[Task[Any, Any], list[Any]]:
    kind = get_task(run.task)
    task = kind(load(run.path / "config.yaml", kind.Config, env={}).config)
    examples, _ = task.read(SPLIT)
    return task, smoke_sample(task, examples) if is_smoke(run) else examples


def _predictions(run: Run) -> list[Record]:
    path = run.path / "predictions" / f"{SPLIT}.jsonl"
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _key(record: Record) -> tuple[Any, Any]:
    return record.get("id"), record.get("text")
