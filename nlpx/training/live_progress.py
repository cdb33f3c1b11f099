"""Training made visible on a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, ConsoleOptions
from rich.progress import BarColumn, TaskProgressColumn, TextColumn
from rich.progress import Progress as Bar

from nlpx.training.progress import Meter, clock, describe

ROOM = 3
"""Columns that stay free. A terminal shows Ctrl-C as two characters: where they start a new line, the bar that is to be
drawn over or wiped off is no longer where rich looks for it."""


class _NarrowBar(Bar):
    def get_renderables(self) -> Iterator[Any]:
        return map(_Narrower, super().get_renderables())


class _Narrower:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Any]:
        yield from console.render(self._inner, options.update(width=max(1, options.max_width - ROOM)))


class LiveProgress(Meter):
    """A bar per epoch with loss, best metric, speed and time left; a line for each finished epoch above it. The lines
    stay, the bar goes with the training.

    Args:
        console: a rich Console on a terminal.
    """

    def __init__(self, console: Any) -> None:
        names = "{task.description}"
        self._bar = _NarrowBar(
            TextColumn(names),
            BarColumn(bar_width=6),  # so that all fits into 80 columns
            TaskProgressColumn(),
            TextColumn("{task.fields[says]}"),
            console=console,
            transient=True,
        )

    def stage(self, what: str) -> None:
        self._clear()
        self._began = time.monotonic()
        self._task = self._bar.add_task(what, total=None, says="")
        self._bar.start()

    def tick(self) -> None:
        for task in self._bar.tasks:
            if task.total is None:
                self._bar.update(task.id, says=clock(time.monotonic() - self._began), refresh=True)

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
        left = f", {self._left}" if self._left else ""
        says = f"loss {loss:.4f}{self._best}, {self._speed:.0f} {self._what}/s{left}"
        self._bar.update(self._task, completed=self._step, says=says)

    def evaluate(self) -> None:
        self._bar.update(self._task, says="evaluating")

    def row(self, row: Mapping[str, Any], *, best: bool) -> None:
        super().row(row, best=best)
        self._bar.console.print(
            f"epoch {row['epoch']:>3} {describe(row, self._what)}[bold]{self._star(best)}[/]", highlight=False
        )

    def stopped(self, why: str) -> None:
        self._bar.console.print(why, highlight=False, markup=False)

    def end(self) -> None:
        if self._bar.live.is_started:
            self._bar.stop()
        self._clear()
