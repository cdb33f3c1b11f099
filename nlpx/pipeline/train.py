"""From a config to a finished run: read, fit, predict, score, write and check the submission."""

from __future__ import annotations

import logging
import shutil
from typing import Any

from nlpx.config.load import LoadedConfig
from nlpx.pipeline.claim import claimed
from nlpx.pipeline.inference import predict_examples, records, write_predictions
from nlpx.pipeline.report import report_training
from nlpx.pipeline.smoke import smoke_sample
from nlpx.pipeline.submit import write_checked_submission
from nlpx.pipeline.train_options import TrainOptions
from nlpx.runs import Run, RunStore
from nlpx.stats.units import score_text
from nlpx.task import SPLITS, FitContext, Predictor, Task, get_task
from nlpx.training.heartbeat import heartbeat
from nlpx.training.progress import PlainProgress
from nlpx.training.progress_group import ProgressGroup

Splits = dict[str, list[Any]]

log = logging.getLogger("nlpx")


def train(loaded: LoadedConfig, store: RunStore, options: TrainOptions, resume: Run | None = None) -> Run:
    """Train one experiment into a new run folder, or go on with an interrupted one.

    Raises:
        DataError: a file that the config names is missing or unreadable.
        RunError: `resume` is finished, busy, or was started with another config or other data.
        SubmissionError: the submission would be refused.
    """
    task = get_task(loaded.config.task)(loaded.config)
    with claimed(loaded, store, options, task, resume) as (run, options):
        _work(run, task, options, resuming=resume is not None)
    return run


def _work(run: Run, task: Task[Any, Any], options: TrainOptions, *, resuming: bool) -> None:
    progress = ProgressGroup([PlainProgress(log.info), *([options.progress] if options.progress else [])])
    splits = _read(run, task, smoke=options.smoke)
    predictor = task.predictor()
    _fit(run, predictor, splits, options, progress, resuming=resuming)
    judged = [split for split in ("dev", "test") if splits[split]]
    predictions = {split: _predict(run, task, predictor, split, splits[split]) for split in judged}
    metrics = {split: _score(run, task, split, splits[split], predictions[split]) for split in judged}
    final = next((split for split in ("test", "dev") if split in predictions), None)
    if final is not None:
        with run.stage("submission"):
            write_checked_submission(run, task, splits[final], predictions[final], smoke=options.smoke)
    summary = _summary(task, {split: scores for split, scores in metrics.items() if scores})
    with run.stage("report"), heartbeat(progress):
        progress.stage("writing the report")
        report_training(run, task, predictor, splits, predictions, summary)
    run.finish(summary)
    shutil.rmtree(run.path / "checkpoint", ignore_errors=True)


def _read(run: Run, task: Task[Any, Any], *, smoke: bool) -> Splits:
    splits: Splits = {}
    with run.stage("read"):
        for key, path in task.input_files().items():
            run.add_input(path, key)
        for split in SPLITS:
            examples, counts = task.read(split)
            splits[split] = smoke_sample(task, examples) if smoke else examples
            if counts:
                run.note(f"data.{split}", counts)
            log.info("%s: %d texts", split, len(splits[split]))
    return splits


def _fit(
    run: Run,
    predictor: Predictor[Any, Any],
    splits: Splits,
    options: TrainOptions,
    progress: ProgressGroup,
    *,
    resuming: bool,
) -> None:
    context = FitContext(
        folder=run.path / "checkpoint",
        seed=run.seed,
        progress=progress,
        max_seconds=options.seconds_left,
        smoke=options.smoke,
        resume=resuming,
    )
    with run.stage("fit"), heartbeat(progress):
        report = predictor.fit(splits["train"], splits["dev"], context)
    with run.stage("save"):
        predictor.save(run.model_dir)
        run.write_history(report.history)
        run.note("fit", {"stopped": report.stopped, "parameters": report.parameters, "smoke": options.smoke})


def _predict(
    run: Run, task: Task[Any, Any], predictor: Predictor[Any, Any], split: str, examples: list[Any]
) -> list[Any]:
    with run.stage(f"predict {split}"):
        predictions = predict_examples(predictor, examples)
        write_predictions(run, split, records(task, examples, predictions))
    return predictions


def _score(
    run: Run, task: Task[Any, Any], split: str, examples: list[Any], predictions: list[Any]
) -> dict[str, Any]:
    """All metrics of a split; none where its labels are withheld."""
    if not task.labelled(examples):
        return {}
    with run.stage(f"score {split}"):
        metrics = task.evaluate(examples, predictions)
    log.info("%s: %s %s", split, task.main_metric, score_text(task.main_metric, metrics[task.main_metric]))
    return metrics


def _summary(task: Task[Any, Any], metrics: dict[str, Any]) -> dict[str, Any]:
    """metrics.json: every split, and the one number the leaderboard sorts by."""
    if "dev" not in metrics:
        return {"main": None, "splits": metrics}
    name = task.main_metric
    main = {
        "split": "dev",
        "metric": name,
        "value": metrics["dev"][name],
        "interval": metrics["dev"].get("interval", {}).get(name),
        "higher_is_better": True,
    }
    return {"main": main, "splits": metrics}
