"""Open a finished run and predict with it, chunk by chunk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from nlpx.config.load import load
from nlpx.errors import DataError, RunError
from nlpx.pipeline.resume import resume_command
from nlpx.pipeline.smoke import smoke_sample
from nlpx.runs import Run
from nlpx.runs.atomic import atomic_writer
from nlpx.runs.folder import PRETRAINING
from nlpx.runs.scores import is_smoke
from nlpx.task import Predictor, Task, get_task

CHUNK = 4096
"""Examples handed to a predictor at once: enough to sort by length, little enough to stay small in memory."""

Record = dict[str, Any]


def open_task(run: Run) -> Task[Any, Any]:
    """The task of a finished run, with the run's own config.

    Raises:
        RunError: the run is unfinished, or a file of it is missing or damaged.
    """
    if run.task == PRETRAINING:
        todo = f"a task takes its encoder: encoder: {{type: bert, checkpoint: {run.path / 'encoder'}}}"
        raise RunError(f"{run.ref} is a run of nlpx pretrain, which predicts nothing", todo)
    _check_finished(run)
    run.verify_model()
    return task_of(run)


def task_of(run: Run) -> Task[Any, Any]:
    """The task of any run, with the run's own config."""
    kind = get_task(run.task)
    return kind(load(run.path / "config.yaml", kind.Config, env={}).config)


def open_run(run: Run) -> tuple[Task[Any, Any], Predictor[Any, Any]]:
    """The task and the trained predictor of a finished run; raises RunError like `open_task`."""
    task = open_task(run)
    predictor = task.predictor()
    predictor.load(run.model_dir)
    return task, predictor


def _check_finished(run: Run) -> None:
    state = run.status().state
    if state == "finished":
        return
    todo = f"go on with it: {resume_command(run)}"
    if state == "running":
        todo = "wait for it to end, or name another run; see: nlpx runs"
    raise RunError(f"{run.ref} is {state}, not finished, so it has no model to use", todo)


def first_split(task: Task[Any, Any], order: Sequence[str]) -> tuple[str, list[Any]]:
    """The first of these splits that has texts, and they; `("", [])` where none has."""
    for split in order:
        examples, _ = task.read(split)
        if examples:
            return split, examples
    return "", []


def looked_at(run: Run, task: Task[Any, Any], examples: list[Any]) -> list[Any]:
    """The texts of a split that a training predicted: all, or in a smoke run a few."""
    return smoke_sample(task, examples) if is_smoke(run) else examples


def final_split(task: Task[Any, Any]) -> tuple[str, list[Any]]:
    """The split a run is judged by: test where the config names one, else dev.

    Raises:
        DataError: the config names neither.
    """
    split, examples = first_split(task, ("test", "dev"))
    if split:
        return split, examples
    raise DataError(
        "the run's config names neither data.test nor data.dev", "name a file on the command line"
    )


def chunks(items: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Lists of up to `size` items, in order."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def predict_examples(predictor: Predictor[Any, Any], examples: Sequence[Any]) -> list[Any]:
    """One prediction per example, in order."""
    return [prediction for chunk in chunks(examples) for prediction in predictor.predict(chunk)]


def predict_records(
    task: Task[Any, Any], predictor: Predictor[Any, Any], examples: Iterable[Any], size: int = CHUNK
) -> Iterator[Record]:
    """One record per example, in order and in constant memory; the first ones after `size` examples."""
    for chunk in chunks(examples, size):
        yield from records(task, chunk, predictor.predict(chunk))


def records(task: Task[Any, Any], examples: Iterable[Any], predictions: Iterable[Any]) -> Iterator[Record]:
    """The lines of a predictions file."""
    for example, prediction in zip(examples, predictions, strict=True):
        yield task.record(example, prediction)


def to_line(record: Record) -> str:
    """A record as a line of JSON; characters that UTF-8 cannot hold are escaped."""
    line = json.dumps(record, ensure_ascii=False)
    return (line if _is_utf8(line) else json.dumps(record)) + "\n"


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def write_predictions(run: Run, split: str, lines: Iterable[Record]) -> Path:
    """Write ``predictions/<split>.jsonl`` of a run."""
    path = run.predictions_dir / f"{split}.jsonl"
    with atomic_writer(path) as file:
        file.writelines(map(to_line, lines))
    return path
