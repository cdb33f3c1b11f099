"""The report page of a run: at the end of its training, and again of any finished run."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nlpx.errors import NlpxError
from nlpx.pipeline.inference import first_split, looked_at, open_task, predict_examples
from nlpx.report.content import Judged
from nlpx.runs import Run
from nlpx.runs.folder import METRICS_FILE, PRETRAINING, REPORT_FILE
from nlpx.runs.reading import damaged
from nlpx.task import Predictor, Task

SPLITS = ("dev", "test")
"""Whose examples are shown: dev where there is one, because what one has looked at is no test any more."""

log = logging.getLogger("nlpx")


def write_report(run: Run) -> Path:
    """Make the page of a finished run and put it into its folder.

    Raises:
        RunError: the run is unfinished, or a file of it is missing or damaged.
    """
    return run.write_text(REPORT_FILE, make_report(run))


def make_report(run: Run) -> str:
    """The page of a finished run; where its data have gone or changed, the page says so."""
    from nlpx.report.build import Source, build

    if run.task == PRETRAINING:
        from nlpx.pipeline.pretrain import pretraining_of

        pretraining: Any = pretraining_of(run)  # has what the page asks for
        return build(Source(run, pretraining, _metrics(run)))
    task, metrics = open_task(run), _metrics(run)
    notes: list[str] = []
    judged = None
    try:
        judged = _judge(run, task, metrics)
    except NlpxError as error:  # data have gone, or an older nlpx wrote a model that this one cannot read
        notes.append(f"There are no examples on this page: {error.what}.")
    try:
        notes += _changes(run, task)
    except NlpxError as error:
        notes.append(f"Whether the data are those of the training cannot be told: {error.what}.")
    return build(Source(run, task, metrics, judged, notes))


def _metrics(run: Run) -> dict[str, Any]:
    metrics = run.metrics()
    splits = metrics.get("splits")
    if not isinstance(splits, dict) or not all(isinstance(scores, dict) for scores in splits.values()):
        raise damaged(run.path / METRICS_FILE, "splits is not what nlpx writes there")
    return metrics


def _judge(run: Run, task: Task[Any, Any], metrics: Mapping[str, Any]) -> Judged | None:
    predictor = task.predictor()
    predictor.load(run.model_dir)
    split, examples = first_split(task, SPLITS)
    if not examples:
        return None
    examples = looked_at(run, task, examples)
    scores = metrics.get("splits", {}).get(split, {})
    return Judged(split, examples, predict_examples(predictor, examples), scores, predictor)


def report_training(
    run: Run,
    task: Task[Any, Any],
    predictor: Predictor[Any, Any],
    splits: Mapping[str, Sequence[Any]],
    predictions: Mapping[str, Sequence[Any]],
    metrics: Mapping[str, Any],
) -> None:
    """Write the page of a run that is about to finish; if that fails, the run finishes without one.

    Args:
        splits, predictions: by the names of the splits; only those that were predicted count.
        metrics: as metrics.json will have them.
    """
    with _page_may_fail(run):
        from nlpx.report.build import Source, build

        split = next((name for name in SPLITS if name in predictions), None)
        judged = None
        if split is not None:
            scores = metrics["splits"].get(split, {})
            judged = Judged(split, splits[split], predictions[split], scores, predictor)
        run.write_text(REPORT_FILE, build(Source(run, task, metrics, judged)))


def report_curves(run: Run, task: Any, metrics: Mapping[str, Any]) -> None:
    """The same of a run that predicts nothing; `task` has a table of its metrics."""
    with _page_may_fail(run):
        from nlpx.report.build import Source, build

        run.write_text(REPORT_FILE, build(Source(run, task, metrics)))


@contextmanager
def _page_may_fail(run: Run) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the model is trained; a page must not undo that
        log.warning(
            "there is no %s, because of %s: %s; try: nlpx report --run %s",
            REPORT_FILE,
            type(error).__name__,
            error,
            run.ref,
        )


def _changes(run: Run, task: Task[Any, Any]) -> list[str]:
    changed = run.changed_inputs(task.input_files())
    return [f"Predicted anew on other data than the run had: {line}." for line in changed]
