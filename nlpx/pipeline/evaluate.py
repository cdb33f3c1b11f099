"""Score a finished run on a file or on one of its own splits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nlpx.errors import DataError
from nlpx.pipeline.given import read_given
from nlpx.pipeline.inference import final_split, open_run, predict_examples
from nlpx.runs import Run
from nlpx.stats.units import texts
from nlpx.task import Task


def evaluate(run: Run, data: Path | None = None) -> tuple[Task[Any, Any], str, dict[str, Any]]:
    """The run's task, a title, and all metrics on `data` or on the run's final split.

    Raises:
        DataError: the data is missing or unreadable, or holds no labels to compare with.
    """
    task, predictor = open_run(run)
    if data is None:
        title, examples = final_split(task)
    else:
        title, examples = data.name, read_given(task, data)
    if not task.labelled(examples):
        raise DataError(
            f"{title} holds {texts(len(examples))} and not one label, so there is nothing to compare with",
            "name a labelled file with --data",
        )
    metrics = task.evaluate(examples, predict_examples(predictor, examples))
    return task, f"{run.ref} on {title}, {texts(len(examples))}", metrics
