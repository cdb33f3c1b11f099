"""Training made visible on a terminal."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from nlpx.training.progress import Meter, clock, describe


class LiveProgress(Meter):
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

    def stage(self, what: str) -> None:
        self._clear()
        self._began = time.monotonic()
        self._task = self._bar.add_task(what, total=None, says="")
        self._bar.start()

    def tick(self) -> None:
        for task in self._bar.tasks:
            if task.total is None:
                self._bar.update(task.id, says=clock(time.monotonic() - self._began))

    def _clear(self) -> None:
        for task in self._bar.task_ids:
            self._bar.remove_task(task)

    def start(self, epochs: int, steps: int) -> None:
        super().start(epochs, steps)
        for task in self._bar.tasks:  # what the epochs are of
            self._bar.console.print(task.description, highlight=False, markup=False)
        self._clear()
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
        if self._bar.live.is_started:
            self._bar.stop()
        self._clear()
