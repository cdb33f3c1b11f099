"""Epochs, batches, evaluations and checkpoints, in an order that Ctrl-C and SIGKILL can't upset."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from nlpx.config.training import TrainingConfig
from nlpx.errors import RunError
from nlpx.training.batching import Batches
from nlpx.training.checkpoints import Checkpoints
from nlpx.training.interrupts import Interrupted, Interrupts
from nlpx.training.progress import Progress
from nlpx.training.seeds import reseed
from nlpx.training.state import Position, TrainingState
from nlpx.training.step import Step
from nlpx.training.weights import assign_learned, learned_arrays


@dataclass
class Loop:
    """One training: `fit` says what the parts are."""

    state: TrainingState
    step: Step
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
        assign_learned(self.state.model, self.state.best or {}, "the best epoch")

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
        if why := self._in_words(reason):
            self.progress.stopped(why)
        if self.unsaved:
            self._save()

    def _reason_to_stop(self, deadline: float) -> str:
        history, patience = self.state.history, self.config.patience
        if self.state.position.epoch >= self.epochs:
            return "epochs"
        if patience is not None and history.waited >= patience:
            return "patience"
        return "time" if history.rows and time.monotonic() >= deadline else ""

    def _in_words(self, reason: str) -> str:
        """Why training ends before its last epoch; nothing where it does not."""
        history, epoch = self.state.history, self.state.position.epoch
        if epoch >= self.epochs:
            return ""
        if reason == "patience":
            since = f"{self.monitor} has not risen for {history.waited} epochs (training.patience)"
            return f"stopped early: {since}; epoch {history.best_epoch} is kept"
        return f"stopped after {epoch} of {self.epochs} epochs: the time is up"

    def _train(self) -> None:
        """The batches of the current epoch that are not done yet."""
        at = self.state.position
        self.progress.epoch(at.epoch + 1, at.step)
        if at.step == 0:
            reseed(self.state.model, self.seed, at.epoch)
        began = time.monotonic() - at.seconds
        for batch, rows in islice(self.batches.epoch(at.epoch, at.step), self.steps - at.step):
            with self.interrupts.held():
                loss = self.step(batch, last=self._moves_after(at.step))
                self._check(loss)
                at.step += 1
                at.texts += len(rows)
                at.loss += loss * len(rows)
                at.seconds = time.monotonic() - began
                self.progress.batch(len(rows), at.loss / at.texts)
                self._save_if_due()

    def _moves_after(self, batch: int) -> bool:
        """Whether the epoch's batch of this 0-based number is the last one of an optimiser step."""
        return (batch + 1) % self.config.accumulate == 0 or batch + 1 == self.steps

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
                    state.best = learned_arrays(state.model)
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
