"""Load a finished run and predict with it, chunk by chunk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from nlpx.config.load import load
from nlpx.errors import RunError
from nlpx.runs import Run
from nlpx.runs.atomic import atomic_writer
from nlpx.task import Predictor, Task, get_task

CHUNK = 4096
"""Examples handed to a predictor at once: enough to sort by length, little enough to stay small in memory."""


def open_run(run: Run) -> tuple[Task[Any, Any], Predictor[Any, Any]]:
    """The task and the trained predictor of a finished run.

    Raises:
        RunError: the run is unfinished, or a file of its model is missing or damaged.
    """
    if run.status().state != "finished":
        raise RunError(
            f"{run.ref} is {run.status().state}, not finished, so it has no model to use",
            f"go on with it: nlpx train {run.task} --resume {run.ref}",
        )
    run.verify_model()
    kind = get_task(run.task)
    task = kind(load(run.path / "config.yaml", kind.Config, env={}).config)
    predictor = task.predictor()
    predictor.load(run.model_dir)
    return task, predictor


def chunks(items: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Lists of up to `size` items, in order."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def predict_examples(predictor: Predictor[Any, Any], examples: Sequence[Any]) -> list[Any]:
    """One prediction per example, in order."""
    return [prediction for chunk in chunks(examples) for prediction in predictor.predict(chunk)]


def predict_lines(
    task: Task[Any, Any], predictor: Predictor[Any, Any], lines: Iterable[str]
) -> Iterator[dict[str, Any]]:
    """One record per input line, in order, in constant memory."""
    for chunk in chunks(task.stream(lines)):
        for example, prediction in zip(chunk, predictor.predict(chunk), strict=True):
            yield task.record(example, prediction)


def write_predictions(
    run: Run, split: str, task: Task[Any, Any], examples: Sequence[Any], predictions: Sequence[Any]
) -> None:
    """Write ``predictions/<split>.jsonl`` of a run."""
    with atomic_writer(run.predictions_dir / f"{split}.jsonl") as file:
        for example, prediction in zip(examples, predictions, strict=True):
            file.write(json.dumps(task.record(example, prediction), ensure_ascii=False) + "\n")


def predict_split(run: Run) -> Path:
    """Predict the run's final split (test, else dev) again and return the predictions file."""
    from nlpx.pipeline.evaluate import final_split

    task, predictor = open_run(run)
    split, examples = final_split(task)
    write_predictions(run, split, task, examples, predict_examples(predictor, examples))
    return run.predictions_dir / f"{split}.jsonl"
