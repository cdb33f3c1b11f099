"""From raw text to a pretrained encoder: read, pack, fit, write."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlpx.config.dump import dump
from nlpx.config.load import LoadedConfig
from nlpx.config.paths import require_file
from nlpx.encoders.bert import model_files
from nlpx.pipeline.records import log_kept, status_kept
from nlpx.pipeline.resume import check_resumable
from nlpx.pipeline.train import TrainOptions
from nlpx.pretraining.config import PretrainingConfig
from nlpx.pretraining.corpus import Corpus, open_corpus
from nlpx.pretraining.learner import LIKELIHOOD, Judge, Start, write_encoder
from nlpx.pretraining.sources import input_files
from nlpx.runs import Run, RunStore
from nlpx.runs.scores import is_smoke
from nlpx.training.heartbeat import heartbeat
from nlpx.training.progress import PlainProgress, Progress
from nlpx.training.progress_group import ProgressGroup

ENCODER = "encoder"
"""The folder inside the run that `encoder.checkpoint` of a task takes."""

log = logging.getLogger("nlpx")


class Inputs:
    """The files that decide the outcome."""

    def __init__(self, config: PretrainingConfig) -> None:
        self.config = config

    def input_files(self) -> dict[str, Path]:
        """By their key in the config."""
        found = input_files(self.config.data.texts)
        if self.config.checkpoint is not None:
            files = model_files(self.config.checkpoint) or [self.config.checkpoint / "vocab.txt"]
            found |= {f"checkpoint/{path.name}": path for path in files}
        elif self.config.vocabulary.file is not None:
            found["vocabulary"] = self.config.vocabulary.file
        return found


def pretrain(loaded: LoadedConfig, store: RunStore, options: TrainOptions, resume: Run | None = None) -> Run:
    """Pretrain into a new run folder, or go on with an interrupted run.

    Raises:
        DataError: a text or the checkpoint is missing or damaged, or there is too little text.
        RunError: `resume` is finished, busy, or was started with another config or other data.
    """
    config, inputs = loaded.config, Inputs(loaded.config)
    for path in inputs.input_files().values():
        require_file(path)
    run = resume or store.create(config.task, config.name)
    with run.lock():
        if resume is not None:
            check_resumable(resume, config, inputs, smoke=options.smoke)
            options = replace(options, smoke=is_smoke(resume))
        with status_kept(run), log_kept(run.path / "log.txt"):
            if options.on_start is not None:
                options.on_start(run)
            if resume is None:
                run.write_text("config.yaml", dump(config))
                run.write_text("config.source.yaml", loaded.source)
                run.note("fit.smoke", options.smoke)
            _work(run, config, options, resuming=resume is not None)
    return run


def _work(run: Run, config: PretrainingConfig, options: TrainOptions, *, resuming: bool) -> None:
    listeners = [PlainProgress(log.info), *([options.progress] if options.progress else [])]
    progress = ProgressGroup(listeners)
    start, corpus = _read(run, config, options, progress)
    with run.stage("fit"), heartbeat(progress):
        metrics = _fit(run, config, start, corpus, options, progress, resuming=resuming)
    main = {"split": "dev", "metric": "accuracy", "value": metrics["accuracy"], "interval": None}
    run.finish({"main": {**main, "higher_is_better": True}, "splits": {"dev": metrics}})
    shutil.rmtree(run.path / "checkpoint", ignore_errors=True)


def _read(
    run: Run, config: PretrainingConfig, options: TrainOptions, progress: Progress
) -> tuple[Start, Corpus]:
    with run.stage("read"), heartbeat(progress):
        progress.stage("cutting the texts into blocks")
        for key, path in Inputs(config).input_files().items():
            run.add_input(path, key)
        start = Start(config)
        corpus = open_corpus(config, start.tokenizer, smoke=options.smoke)
        run.note("data", corpus.facts)
        log.info("texts: %s", ", ".join(f"{count:,} {name}" for name, count in corpus.facts.items()))
    return start, corpus


def _fit(
    run: Run,
    config: PretrainingConfig,
    start: Start,
    corpus: Corpus,
    options: TrainOptions,
    progress: Progress,
    *,
    resuming: bool,
) -> dict[str, float]:
    import keras

    from nlpx.pretraining.batches import BlockBatches
    from nlpx.pretraining.objectives import Objective
    from nlpx.training.fit import fit
    from nlpx.training.forward import compile_forward
    from nlpx.training.seeds import seed_everything

    steps = config.training
    keras.config.set_dtype_policy(steps.precision)
    seed_everything(config.seed)
    objective = Objective(config.objective, corpus.tokenizer)
    architecture = start.architecture(len(corpus.tokenizer))
    model = start.model(architecture, objective.attention)
    batches = BlockBatches(
        corpus.train,
        objective,
        batch_size=steps.batch_size,
        steps=steps.batches,
        seed=config.seed,
    )
    jit = bool(steps.jit_compile)
    judge = Judge(
        compile_forward(model, jit_compile=jit),
        corpus.dev,
        objective,
        batch_size=steps.batch_size,
        most=config.data.judged,
    )

    def write() -> None:
        write_encoder(run.path / ENCODER, model, architecture, corpus.tokenizer, float16=config.float16)

    def evaluate() -> dict[str, float]:
        write()  # so that an unfinished run has one to look at
        return judge()

    history = fit(
        model,
        batches,  # type: ignore[arg-type]  # has what the loop asks for
        steps.as_training(),
        evaluate=evaluate,
        monitor=LIKELIHOOD,
        checkpoint_dir=run.path / "checkpoint",
        seed=config.seed,
        progress=progress,
        jit_compile=jit,
        max_seconds=options.seconds_left,
        smoke=options.smoke,
        resume=resuming,
    )
    write()
    run.write_history(history.rows)
    run.note("fit", _facts(model, history, config, smoke=options.smoke))
    return judge()


def _facts(model: Any, history: Any, config: PretrainingConfig, *, smoke: bool) -> dict[str, Any]:
    seconds = sum(row["seconds"] for row in history.rows)
    blocks = sum(row["seconds"] * row["examples_per_second"] for row in history.rows)
    return {
        "stopped": history.stopped,
        "best_epoch": history.best_epoch,
        "parameters": int(model.count_params()),
        "tokens": int(blocks * config.objective.length),
        "tokens_per_second": round(blocks * config.objective.length / max(seconds, 1e-9)),
        "smoke": smoke,
    }
