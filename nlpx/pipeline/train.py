"""From a config to a finished run: read, fit, predict, score, write and check the submission."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nlpx.config.dump import dump
from nlpx.config.load import LoadedConfig
from nlpx.errors import NlpxError
from nlpx.pipeline.inference import predict_examples, write_predictions
from nlpx.pipeline.resume import check_resumable
from nlpx.pipeline.submit import write_checked_submission
from nlpx.runs import Run, RunStore
from nlpx.task import SPLITS, FitContext, Predictor, Task, get_task
from nlpx.training.progress import PlainProgress, Progress
from nlpx.training.progress_group import ProgressGroup

SMOKE_EXAMPLES = 64

log = logging.getLogger("nlpx")


@dataclass(frozen=True)
class TrainOptions:
    """How to train, as opposed to what: none of it belongs into the config.

    Args:
        smoke: a few batches of everything, end to end.
        max_seconds: finish the epoch that is running at this time, then save and predict.
        progress: shows epochs and batches; None for silence.
        on_start: called with the run's folder once it is claimed.
    """

    smoke: bool = False
    max_seconds: float | None = None
    progress: Progress | None = None
    on_start: Callable[[Run], None] | None = None


def train(loaded: LoadedConfig, store: RunStore, options: TrainOptions, resume: Run | None = None) -> Run:
    """Train one experiment into a new run folder, or go on with an interrupted one.

    Raises:
        RunError: `resume` is finished, busy, or was started with another config or other data.
    """
    config = loaded.config
    task = get_task(config.task)(config)
    if resume is not None:
        check_resumable(resume, config, task)
    run = resume or store.create(config.task, config.name)
    with run.lock(), _status(run), _log_file(run):
        if options.on_start is not None:
            options.on_start(run)
        if resume is None:
            run.write_text("config.yaml", dump(config))
            run.write_text("config.source.yaml", loaded.source)
        _work(run, task, options, resuming=resume is not None)
    return run


def plan(loaded: LoadedConfig, store: RunStore) -> dict[str, str]:
    """What `train` would do, in words; reads the data and builds the model, writes nothing."""
    config = loaded.config
    task = get_task(config.task)(config)
    facts = {"task": config.task, "config": str(loaded.path or "defaults"), "seed": str(config.seed)}
    sizes = {split: len(task.read(split)[0]) for split in SPLITS}
    facts |= {split: f"{count:,} texts" for split, count in sizes.items() if count}
    facts |= task.predictor().plan(task.read("train")[0])
    final = "test" if sizes["test"] else "dev"
    facts["stages"] = " → ".join(["read", "fit", *(f"predict and score {s}" for s in SPLITS[1:] if sizes[s])])
    facts["submission"] = f"{task.submission_name()} for {final}" if sizes[final] else "none: no dev, no test"
    facts["run folder"] = str(store.root / config.task / "v<next>")
    return facts


def _work(run: Run, task: Task[Any, Any], options: TrainOptions, *, resuming: bool) -> None:
    splits = _read(run, task, smoke=options.smoke)
    predictor = task.predictor()
    _fit(run, predictor, splits, options, resuming=resuming)
    metrics: dict[str, Any] = {}
    outputs: dict[str, list[Any]] = {}
    for split in ("dev", "test"):
        if not splits[split]:
            continue
        with run.stage(f"predict {split}"):
            outputs[split] = predict_examples(predictor, splits[split])
            write_predictions(run, split, task, splits[split], outputs[split])
        with run.stage(f"score {split}"):
            metrics[split] = task.evaluate(splits[split], outputs[split])
    final = "test" if "test" in outputs else "dev"
    if final in outputs:
        with run.stage("submission"):
            write_checked_submission(run, task, splits[final], outputs[final])
    run.finish(_summary(task, metrics))
    shutil.rmtree(run.path / "checkpoint", ignore_errors=True)


def _read(run: Run, task: Task[Any, Any], *, smoke: bool) -> dict[str, list[Any]]:
    with run.stage("read"):
        for key, path in task.input_files().items():
            run.add_input(path, key)
        splits: dict[str, list[Any]] = {}
        for split in SPLITS:
            examples, counts = task.read(split)
            splits[split] = examples[:SMOKE_EXAMPLES] if smoke else examples
            if counts:
                run.note(f"data.{split}", counts)
            log.info("%s: %d examples", split, len(splits[split]))
    return splits


def _fit(
    run: Run, predictor: Predictor[Any, Any], splits: dict[str, list[Any]], options: TrainOptions, *, resuming: bool
) -> None:
    checkpoint = run.path / "checkpoint"
    checkpoint.mkdir(exist_ok=True)
    listeners = [PlainProgress(log.info), *([options.progress] if options.progress else [])]
    context = FitContext(
        folder=checkpoint,
        seed=run.seed,
        progress=ProgressGroup(listeners),
        max_seconds=options.max_seconds,
        smoke=options.smoke,
        resume=resuming,
    )
    with run.stage("fit"):
        report = predictor.fit(splits["train"], splits["dev"], context)
    with run.stage("save"):
        predictor.save(run.model_dir)
        run.write_history(report.history)
        run.note("fit", {"stopped": report.stopped, "parameters": report.parameters, "smoke": options.smoke})


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


@contextmanager
def _status(run: Run) -> Iterator[None]:
    """Keep STATUS honest whatever happens inside."""
    run.set_status("running")
    try:
        yield
    except KeyboardInterrupt:
        run.set_status("interrupted")
        raise
    except BaseException:
        run.set_status("failed")
        raise


@contextmanager
def _log_file(run: Run) -> Iterator[None]:
    handler = logging.FileHandler(run.path / "log.txt", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    except NlpxError as error:
        log.error("%s", error)
        raise
    except Exception:
        log.exception("unexpected error")
        raise
    finally:
        log.removeHandler(handler)
        handler.close()
