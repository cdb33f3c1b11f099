"""Score a finished run on a file or on one of its own splits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nlpx.errors import DataError
from nlpx.pipeline.inference import open_run, predict_examples
from nlpx.runs import Run
from nlpx.task import Task


def final_split(task: Task[Any, Any]) -> tuple[str, list[Any]]:
    """The split a run is judged by: test where the config names one, else dev.

    Raises:
        DataError: the config names neither.
    """
    for split in ("test", "dev"):
        examples, _ = task.read(split)
        if examples:
            return split, examples
    raise DataError("the run's config names neither data.test nor data.dev", "give a file with --data")


def evaluate(run: Run, data: Path | None = None) -> tuple[Task[Any, Any], str, dict[str, Any]]:
    """The run's task, a title, and all metrics on `data` or on the run's final split."""
    task, predictor = open_run(run)
    if data is None:
        title, examples = final_split(task)
    else:
        title, (examples, _) = data.name, task.read_file(data)
    metrics = task.evaluate(examples, predict_examples(predictor, examples))
    return task, f"{run.ref} on {title}, {len(examples)} texts", metrics
