"""Methods that score every position a network reads; scores of a unit are the signed sum over its positions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from nlpx.explain.decision import Case
from nlpx.explain.door import Door
from nlpx.explain.method import NetworkMethod, Scores
from nlpx.explain.view import Reading, View, view


class PositionMethod(NetworkMethod):
    """A method that turns a batch of embedded rows into a score per position.

    A text in windows gets the sum over its windows, each with its share of the logit.
    """

    @abstractmethod
    def positions(self, view: View, reading: Reading, seed: int) -> np.ndarray:
        """Scores `(batch, positions)`; what stands at padding is ignored."""

    def facts(self) -> dict[str, float | str]:
        """What a reader of every map must know."""
        return {}

    def look(self, door: Door, seed: int, cases: Sequence[Case]) -> list[Scores]:
        sums = [np.zeros(len(case.units)) for case in cases]
        found = view(door)
        for reading in found.readings(cases):
            scores = self.positions(found, reading, seed)
            for own, row, number in zip(scores, reading.rows, reading.cases, strict=False):
                values = row.weight * own[: len(row.places)]
                sums[number] += cases[number].units.add_up(values, row.places)
        return [Scores(values, self.facts()) for values in sums]
