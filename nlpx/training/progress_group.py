"""Several listeners to one training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlpx.training.progress import Progress


class ProgressGroup(Progress):
    """Tells every one of its members what happens, in order."""

    def __init__(self, members: Sequence[Progress]) -> None:
        self._members = members

    def counts(self, what: str) -> None:
        for member in self._members:
            member.counts(what)

    def stage(self, what: str) -> None:
        for member in self._members:
            member.stage(what)

    def tick(self) -> None:
        for member in self._members:
            member.tick()

    def start(self, epochs: int, steps: int) -> None:
        for member in self._members:
            member.start(epochs, steps)

    def epoch(self, epoch: int, step: int) -> None:
        for member in self._members:
            member.epoch(epoch, step)

    def batch(self, texts: int, loss: float) -> None:
        for member in self._members:
            member.batch(texts, loss)

    def evaluate(self) -> None:
        for member in self._members:
            member.evaluate()

    def row(self, row: Mapping[str, Any], *, best: bool) -> None:
        for member in self._members:
            member.row(row, best=best)

    def stopped(self, why: str) -> None:
        for member in self._members:
            member.stopped(why)

    def end(self) -> None:
        for member in self._members:
            member.end()
