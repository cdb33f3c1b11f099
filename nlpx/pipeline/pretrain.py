"""From raw text to a pretrained encoder: read, pack, fit, write."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from nlpx.config.load import LoadedConfig, load
from nlpx.encoders.pretrained.checkpoint import ENCODER
from nlpx.encoders.pretrained.config import model_files
from nlpx.pipeline.claim import claimed
from nlpx.pipeline.report import report_curves
from nlpx.pipeline.resume import check_resumable
from nlpx.pipeline.train_options import TrainOptions
from nlpx.pretraining.config import PretrainingConfig
from nlpx.pretraining.corpus import Corpus, open_corpus
from nlpx.pretraining.learner import Learner
from nlpx.pretraining.sources import input_files
from nlpx.pretraining.start import Start
from nlpx.runs import Run, RunStore
from nlpx.runs.folder import PRETRAINING
from nlpx.runs.scores import is_smoke
from nlpx.runs.store import next_version, slug
from nlpx.training.heartbeat import heartbeat
from nlpx.training.progress import PlainProgress, Progress
from nlpx.training.progress_group import ProgressGroup

log = logging.getLogger("nlpx")


class Pretraining:
    """What the runner asks of a task, as far as it goes: pretraining predicts nothing."""

    name = PRETRAINING

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

    def table(self, metrics: Mapping[str, float]) -> list[tuple[str, str]]:
        """Rows to print, header first."""
        rows = [
            ("right tokens", f"{100 * metrics['accuracy']:.2f}"),
            ("loss, nats", f"{metrics['dev_loss']:.4f}"),
        ]
        return [("metric", "value"), *rows]

    def legend(self, metrics: Mapping[str, float]) -> list[str]:
        """What the rows are."""
        return ["of the tokens asked for in held-out text"]


def pretraining_of(run: Run) -> Pretraining:
    """What a run of pretraining was about."""
    return Pretraining(load(run.path / "config.yaml", PretrainingConfig, env={}).config)


def pretrain(loaded: LoadedConfig, store: RunStore, options: TrainOptions, resume: Run | None = None) -> Run:
    """Pretrain into a new run folder, or go on with an interrupted run.

    Raises:
        DataError: a text or the checkpoint is missing or damaged, or there is too little text.
        RunError: `resume` is finished, busy, or was started with another config or other data.
    """
    with claimed(loaded, store, options, Pretraining(loaded.config), resume) as (run, options):
        _work(run, loaded.config, options, resuming=resume is not None)
    return run


def plan_pretraining(
    loaded: LoadedConfig, store: RunStore, options: TrainOptions, resume: Run | None = None
) -> dict[str, str]:
    """What `pretrain` would do, by name; cuts the texts, which are kept, but trains nothing.

    Raises:
        NlpxError: whatever `pretrain` would refuse at its start.
    """
    config = loaded.config
    if resume is not None:
        check_resumable(resume, config, Pretraining(config), smoke=options.smoke)
        options = replace(options, smoke=is_smoke(resume))
    start = Start(config)
    corpus = open_corpus(config, start.tokenizer, smoke=options.smoke)
    one, steps = start.architecture(len(corpus.tokenizer)), config.training
    blocks = steps.stretches * steps.batches * steps.batch_size
    folder = store.root / PRETRAINING
    return {
        "config": str(loaded.path or "defaults"),
        "texts": f"{corpus.facts['paragraphs']:,} paragraphs, {corpus.facts['tokens']:,} tokens",
        "vocabulary": f"{len(corpus.tokenizer):,} tokens",
        "blocks": _blocks_of(corpus, config),
        "model": f"{one.model_type}: {one.blocks} blocks of {one.units} units",
        "parameters": f"{start.parameters(one):,}",
        "training": f"{steps.steps:,} steps of {steps.batch_size * steps.accumulate} blocks, "
        f"{blocks / len(corpus.train):.1f} passes",
        "run folder": f"{resume.path}, which goes on"
        if resume is not None
        else str(folder / f"v{next_version(folder):04d}-{slug(config.name)}"),
    }


def _blocks_of(corpus: Corpus, config: PretrainingConfig) -> str:
    length = config.objective.length
    return f"{len(corpus.train):,} blocks of {length} tokens, repeats included; {len(corpus.dev):,} held out"


def _work(run: Run, config: PretrainingConfig, options: TrainOptions, *, resuming: bool) -> None:
    from nlpx.training.devices import on_devices

    listeners = [PlainProgress(log.info), *([options.progress] if options.progress else [])]
    progress = ProgressGroup(listeners)
    progress.counts("blocks")
    start, corpus = _read(run, config, options, progress)
    with run.stage("fit"), heartbeat(progress), on_devices(config.training.devices) as devices:
        progress.stage("building the model")
        learner = Learner(config, start, corpus, run.path / ENCODER, devices=devices, resuming=resuming)
        history = learner.fit(
            checkpoint_dir=run.path / "checkpoint",
            progress=progress,
            max_seconds=options.seconds_left,
            smoke=options.smoke,
            resume=resuming,
        )
        metrics = learner.judge()
    run.write_history(history.rows)
    run.note("fit", learner.facts(history) | {"smoke": options.smoke, "devices": devices})
    main = {"split": "dev", "metric": "accuracy", "value": metrics["accuracy"], "interval": None}
    summary = {"main": {**main, "higher_is_better": True}, "splits": {"dev": metrics}}
    with run.stage("report"):
        report_curves(run, Pretraining(config), summary)
    run.finish(summary)
    shutil.rmtree(run.path / "checkpoint", ignore_errors=True)


def _read(
    run: Run, config: PretrainingConfig, options: TrainOptions, progress: Progress
) -> tuple[Start, Corpus]:
    with run.stage("read"), heartbeat(progress):
        progress.stage("cutting the texts into blocks")
        for key, path in Pretraining(config).input_files().items():
            run.add_input(path, key)
        start = Start(config)
        corpus = open_corpus(config, start.tokenizer, smoke=options.smoke)
        run.note("data", corpus.facts)
        log.info(
            "%s paragraphs with %s tokens, of which %s are unknown; %s",
            *(f"{corpus.facts[name]:,}" for name in ("paragraphs", "tokens", "unknown")),
            _blocks_of(corpus, config),
        )
    return start, corpus
