"""The training loop every task shares."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import keras

from nlpx.config.training import TrainingConfig
from nlpx.errors import RunError
from nlpx.training.average import WeightAverage
from nlpx.training.batching import Batch, Batches
from nlpx.training.checkpoints import Checkpoints
from nlpx.training.history import History
from nlpx.training.interrupts import Interrupted, Interrupts
from nlpx.training.optimizer import build_optimizer
from nlpx.training.progress import Progress
from nlpx.training.seeds import reseed
from nlpx.training.state import Position, TrainingState
from nlpx.training.step import make_step
from nlpx.training.weights import assign_weights, weight_arrays

SMOKE_STEPS = 3
"""Batches of the one epoch of a smoke test."""


def fit(
    model: keras.Model,
    batches: Batches,
    config: TrainingConfig,
    *,
    evaluate: Callable[[], Mapping[str, float]],
    monitor: str,
    checkpoint_dir: Path,
    seed: int,
    progress: Progress | None = None,
    jit_compile: bool = False,
    max_seconds: float | None = None,
    smoke: bool = False,
    resume: bool = False,
) -> History:
    """Train a model and leave it with the weights of its best epoch.

    The result depends on the arguments up to `seed` alone: not on kills, interruptions and resumptions in
    between, nor on how long anything took.

    Args:
        model: built; `nlpx.training.step` says what it has to offer. Build it after `seed_everything`.
        batches: of the training texts, with the targets among the features.
        config: epochs, optimiser, moving average, patience, checkpoints.
        evaluate: called after each epoch, with the averaged weights in place if there is an average; gives the
            metrics of the dev split, or nothing where there is no such split; then the last epoch is the best.
        monitor: the metric that chooses the best epoch; higher is better.
        checkpoint_dir: of this training alone.
        seed: dropout and the like derive from it, with the epoch.
        progress: hears what happens; None for silence.
        jit_compile: compile the network with XLA, once per shape of batch; JAX does so in any case.
        max_seconds: finish the epoch that is running at this time, then stop.
        smoke: one epoch of a few batches.
        resume: go on from the newest checkpoint, if there is one; otherwise older checkpoints are removed.

    Raises:
        Interrupted: Ctrl-C; the state is saved.
        RunError: the loss is no longer a number; checkpoints are damaged or of another training.
        DiskError: a checkpoint could not be written.
    """
    steps = min(batches.steps, SMOKE_STEPS) if smoke else batches.steps
    optimizer = build_optimizer(config, model, steps * config.epochs)
    average = WeightAverage(model.trainable_variables, config.ema, debias=config.ema_debias)
    identity = {"seed": seed, "texts": len(batches), "steps": steps}
    loop = _Loop(
        state=TrainingState(model, optimizer, average, identity),
        step=make_step(model, optimizer, average, jit_compile=jit_compile),
        batches=batches,
        steps=steps,
        epochs=1 if smoke else config.epochs,
        config=config,
        seed=seed,
        evaluate=evaluate,
        monitor=monitor,
        checkpoints=Checkpoints(checkpoint_dir),
        progress=progress or Progress(),
    )
    if resume:
        loop.restore()
    else:
        loop.checkpoints.clear()
    loop.run(max_seconds)
    history = loop.state.history
    if smoke:
        history.stopped = "smoke"
    return history


@dataclass
class _Loop:
    state: TrainingState
    step: Callable[[Batch], float]
    batches: Batches
    steps: int
    epochs: int
    config: TrainingConfig
    seed: int
    evaluate: Callable[[], Mapping[str, float]]
    monitor: str
    checkpoints: Checkpoints
    progress: Progress
    interrupts: Interrupts = field(default_factory=Interrupts)
    saved: float = field(default_factory=time.monotonic)
    unsaved: bool = False

    def restore(self) -> None:
        checkpoint = self.checkpoints.load()
        if checkpoint is not None:
            self.state.restore(checkpoint)

    def run(self, max_seconds: float | None) -> None:
        """All epochs, then the best weights."""
        deadline = math.inf if max_seconds is None else time.monotonic() + max_seconds
        self.progress.start(self.epochs, self.steps)
        try:
            with self.interrupts:
                self._epochs(deadline)
        finally:
            self.progress.end()
        assign_weights(self.state.model, self.state.best or {}, "the best epoch")

    def _epochs(self, deadline: float) -> None:
        try:
            while not (reason := self._reason_to_stop(deadline)):
                self._train()
                self._judge()
        except KeyboardInterrupt as error:
            with self.interrupts.held():
                self.state.average.swap_out()
                self._save()
            at = self.state.position
            where = f"epoch {at.epoch + 1}, batch {at.step}"
            raise Interrupted(f"stopped in {where}; the state is saved") from error
        self.state.history.stopped = reason
        if self.unsaved:
            self._save()

    def _reason_to_stop(self, deadline: float) -> str:
        history, patience = self.state.history, self.config.patience
        if self.state.position.epoch >= self.epochs:
            return "epochs"
        if patience is not None and history.waited >= patience:
            return "patience"
        return "time" if history.rows and time.monotonic() >= deadline else ""

    def _train(self) -> None:
        """The batches of the current epoch that are not done yet."""
        at = self.state.position
        self.progress.epoch(at.epoch + 1, at.step)
        if at.step == 0:
            reseed(self.state.model, self.seed, at.epoch)
        began = time.monotonic() - at.seconds
        for batch, rows in islice(self.batches.epoch(at.epoch, at.step), self.steps - at.step):
            with self.interrupts.held():
                loss = self.step(batch)
                self._check(loss)
                at.step += 1
                at.texts += len(rows)
                at.loss += loss * len(rows)
                at.seconds = time.monotonic() - began
                self.progress.batch(len(rows), at.loss / at.texts)
                self._save_if_due()

    def _judge(self) -> None:
        """Evaluate the epoch, and keep its weights if they are the best so far."""
        state, at = self.state, self.state.position
        self.progress.evaluate()
        with state.average.swapped_in():
            metrics = {name: float(value) for name, value in self.evaluate().items()}
            with self.interrupts.held():
                row = self._row(metrics)
                # Without a dev split there is nothing to choose by, so the latest epoch is the best.
                best = state.history.add(row, metrics[self.monitor] if metrics else row["epoch"])
                if best:
                    state.best = weight_arrays(state.model)
                state.position = Position(epoch=at.epoch + 1)
        self.progress.row(row, best=best)
        with self.interrupts.held():
            self._save_if_due()

    def _row(self, metrics: Mapping[str, float]) -> dict[str, Any]:
        at = self.state.position
        return {
            "epoch": at.epoch + 1,
            "loss": at.loss / max(at.texts, 1),
            "learning_rate": float(self.state.optimizer.learning_rate),
            **metrics,
            "seconds": round(at.seconds, 3),
            "examples_per_second": round(at.texts / max(at.seconds, 1e-9), 1),
        }

    def _check(self, loss: float) -> None:
        if not math.isfinite(loss):
            at = self.state.position
            raise RunError(
                f"the loss became {loss} in epoch {at.epoch + 1}, batch {at.step + 1}",
                "lower training.learning_rate, set training.clip_norm or a longer training.warmup",
            )

    def _save_if_due(self) -> None:
        self.unsaved = True
        if time.monotonic() - self.saved >= self.config.checkpoint_seconds:
            self._save()

    def _save(self) -> None:
        state = self.state
        at = state.position
        self.checkpoints.save(
            state.capture(), epoch=at.epoch, step=at.step, best_epoch=state.history.best_epoch
        )
        self.saved, self.unsaved = time.monotonic(), False
