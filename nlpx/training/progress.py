"""Training made visible: a live bar on a terminal, plain lines in a file, or nothing."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any

RECENT, ENOUGH = 64, 8
"""Batches whose median tells the time left, and how many there have to be: the first ones compile."""


class Progress:
    """Hears what training does, in this order, and stays silent; the others say it.

    ``start``; per epoch ``epoch``, ``batch`` after each batch, ``evaluate``, ``row``; at last ``end``.
    """

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


class _Meter(Progress):
    """Keeps count for the two that show something."""

    def start(self, epochs: int, steps: int) -> None:
        self._epochs, self._steps = epochs, steps
        self._texts = 0
        self._began = self._last = time.monotonic()
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._best = ""

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
            self._best = "".join(f" · best {name} {value:.4f}" for name, value in list(_metrics(row))[:1])

    @property
    def _speed(self) -> float:
        """Texts per second of this epoch."""
        return self._texts / max(time.monotonic() - self._began, 1e-9)

    @property
    def _left(self) -> str:
        """Time until the end of the last epoch, without evaluations; the few batches that compile hardly count."""
        batches = (self._epochs - self._epoch) * self._steps + self._steps - self._step
        return _clock(batches * median(self._recent)) if len(self._recent) >= ENOUGH else "?"


class PlainProgress(_Meter):
    """A line per epoch, and one in between where an epoch takes long.

    Args:
        write: takes a line without line end.
        every: seconds between two lines at least.
    """

    def __init__(self, write: Callable[[str], None], every: float = 30.0) -> None:
        self._write, self._every = write, every

    def epoch(self, epoch: int, step: int) -> None:
        super().epoch(epoch, step)
        self._said = time.monotonic()

    def batch(self, texts: int, loss: float) -> None:
        super().batch(texts, loss)
        if time.monotonic() - self._said >= self._every:
            self._said = time.monotonic()
            done = f"epoch {self._epoch}/{self._epochs} batch {self._step}/{self._steps}"
            self._write(f"{done} loss {loss:.4f} {self._speed:.0f} texts/s, at most {self._left} left")

    def stopped(self, why: str) -> None:
        self._write(why)

    def row(self, row: Mapping[str, Any], *, best: bool) -> None:
        super().row(row, best=best)
        self._write(f"epoch {row['epoch']}/{self._epochs} {describe(row)}{' *' if best else ''}")


class LiveProgress(_Meter):
    """A bar per epoch with loss, best metric, speed and time left; a line for each finished epoch above it.

    Args:
        console: a rich Console on a terminal.
    """

    def __init__(self, console: Any) -> None:
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn
        from rich.progress import Progress as Bar

        names = "{task.description}"
        self._bar = Bar(
            TextColumn(names),
            BarColumn(bar_width=8),  # so that all fits into 80 columns
            TaskProgressColumn(),
            TextColumn("{task.fields[says]}"),
            console=console,
        )

    def start(self, epochs: int, steps: int) -> None:
        super().start(epochs, steps)
        self._task = self._bar.add_task("training", total=steps, says="compiling")
        self._bar.start()

    def epoch(self, epoch: int, step: int) -> None:
        super().epoch(epoch, step)
        self._bar.update(self._task, completed=step, description=f"epoch {epoch}/{self._epochs}")

    def batch(self, texts: int, loss: float) -> None:
        super().batch(texts, loss)
        says = f"loss {loss:.4f}{self._best} · {self._speed:.0f} texts/s · {self._left} left"
        self._bar.update(self._task, completed=self._step, says=says)

    def evaluate(self) -> None:
        self._bar.update(self._task, says="evaluating")

    def row(self, row: Mapping[str, Any], *, best: bool) -> None:
        super().row(row, best=best)
        self._bar.console.print(
            f"epoch {row['epoch']:>3} {describe(row)}{' [bold]*[/]' if best else ''}", highlight=False
        )

    def stopped(self, why: str) -> None:
        self._bar.console.print(why, highlight=False, markup=False)

    def end(self) -> None:
        self._bar.stop()


def describe(row: Mapping[str, Any]) -> str:
    """A history row in words: loss, metrics, speed and time."""
    metrics = "".join(f" {name} {value:.4f}" for name, value in _metrics(row))
    return (
        f"loss {row['loss']:.4f}{metrics} {row['examples_per_second']:.0f} texts/s {_clock(row['seconds'])}"
    )


def _metrics(row: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    apart = {"epoch", "loss", "learning_rate", "seconds", "examples_per_second"}
    return ((name, value) for name, value in row.items() if name not in apart)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
