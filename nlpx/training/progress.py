"""Training made visible: plain lines in a file, or nothing; `live_progress` has the bar."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any

from nlpx.stats.units import score_text

RECENT, ENOUGH = 64, 8
"""Batches whose median tells the time left, and how many there have to be: the first ones compile."""


class Progress:
    """Hears what training does, in this order, and stays silent; the others say it.

    ``start``; per epoch ``epoch``, ``batch`` after each batch, ``evaluate``, ``row``; at last ``end``. Work that has no
    epochs is told by ``stage``, before, between and after; it ends with whatever is told next.
    """

    def counts(self, what: str) -> None:
        """What the batches of the next training hold, in the plural, where it is not texts."""

    def stage(self, what: str) -> None:
        """Work without epochs begins, in words."""

    def tick(self) -> None:
        """It goes on; told every second by `nlpx.training.heartbeat`, from another thread."""

    def start(self, epochs: int, steps: int) -> None:
        """Training begins: epochs at most, batches per epoch."""

    def epoch(self, epoch: int, step: int) -> None:
        """An epoch (from 1) begins, or goes on after `step` batches."""

    def batch(self, texts: int, loss: float) -> None:
        """A batch of so many texts is done; the mean loss of the epoch so far."""

    def evaluate(self) -> None:
        """The epoch's batches are done, its evaluation begins."""

    def row(self, row: Mapping[str, Any], *, best: bool) -> None:
        """The epoch is over: its row of the history, and whether it is the best so far."""

    def stopped(self, why: str) -> None:
        """Training ends before its last epoch, in words."""

    def end(self) -> None:
        """Training is over, whatever the reason."""


class Meter(Progress):
    """Keeps count for the two that show something."""

    _what = "texts"

    def counts(self, what: str) -> None:
        self._what = what

    def start(self, epochs: int, steps: int) -> None:
        self._epochs, self._steps = epochs, steps
        self._texts = 0
        self._began = self._last = time.monotonic()
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._best = ""
        self._explained = False

    def epoch(self, epoch: int, step: int) -> None:
        self._epoch, self._step = epoch, step
        self._texts, self._began = 0, time.monotonic()
        self._last = self._began

    def batch(self, texts: int, loss: float) -> None:
        now = time.monotonic()
        self._recent.append(now - self._last)
        self._last = now
        self._texts += texts
        self._step += 1

    def row(self, row: Mapping[str, Any], *, best: bool) -> None:
        if best:
            self._best = "".join(
                f", best {name} {score_text(name, value)}" for name, value in list(_metrics(row))[:1]
            )

    def _star(self, best: bool) -> str:
        """What marks the best epoch so far; the first one says what the star means."""
        if not best:
            return ""
        told, self._explained = self._explained, True
        return " *" if told else " * (best so far)"

    @property
    def _speed(self) -> float:
        """Texts per second of this epoch."""
        return self._texts / max(time.monotonic() - self._began, 1e-9)

    @property
    def _left(self) -> str:
        """Time until the end of the last epoch, without evaluations, as soon as it can be told; the few batches that
        compile hardly count.
        """
        batches = (self._epochs - self._epoch) * self._steps + self._steps - self._step
        return f"{clock(batches * median(self._recent))} left" if len(self._recent) >= ENOUGH else ""


class PlainProgress(Meter):
    """A line per epoch, and one in between where an epoch or other work takes long.

    Args:
        write: takes a line without line end.
        every: seconds between two lines at least.
    """

    def __init__(self, write: Callable[[str], None], every: float = 10.0) -> None:
        self._to, self._every = write, every
        self._said = time.monotonic()
        self._stage = self._untold = ""

    def _write(self, line: str) -> None:
        self._said = time.monotonic()
        self._to(line)

    @property
    def _due(self) -> bool:
        return time.monotonic() - self._said >= self._every

    def stage(self, what: str) -> None:
        self._stage = self._untold = what
        self._began = time.monotonic()
        if self._due:
            self._tell()

    def tick(self) -> None:
        if self._stage and self._due:
            self._tell()

    def _tell(self) -> None:
        taken = "" if self._untold else f", {clock(time.monotonic() - self._began)} so far"
        self._write(f"{self._stage}{taken}")
        self._untold = ""

    def start(self, epochs: int, steps: int) -> None:
        if self._untold:  # what the epochs are of
            self._tell()
        self._stage = ""
        super().start(epochs, steps)

    def epoch(self, epoch: int, step: int) -> None:
        super().epoch(epoch, step)
        self._stage = ""
        self._said = time.monotonic()

    def batch(self, texts: int, loss: float) -> None:
        super().batch(texts, loss)
        if self._due:
            done = f"epoch {self._epoch}/{self._epochs} batch {self._step}/{self._steps}"
            left = f", at most {self._left}" if self._left else ""
            self._write(f"{done} loss {loss:.4f} {self._speed:.0f} {self._what}/s{left}")

    def stopped(self, why: str) -> None:
        self._write(why)

    def row(self, row: Mapping[str, Any], *, best: bool) -> None:
        super().row(row, best=best)
        self._write(f"epoch {row['epoch']}/{self._epochs} {describe(row, self._what)}{self._star(best)}")


def describe(row: Mapping[str, Any], what: str = "texts") -> str:
    """A history row in words: loss, metrics, speed and time."""
    metrics = "".join(f" {name} {score_text(name, value)}" for name, value in _metrics(row))
    speed = f"{row['examples_per_second']:.0f} {what}/s"
    return f"loss {row['loss']:.4f}{metrics} {speed} {clock(row['seconds'])}"


def _metrics(row: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    # Pretraining chooses by the likelihood, which is the held-out loss once more.
    apart = {"epoch", "loss", "learning_rate", "seconds", "examples_per_second", "likelihood"}
    return ((name, value) for name, value in row.items() if name not in apart)


def clock(seconds: float) -> str:
    """Hours, minutes and seconds, as 1:02:03 or 2:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
