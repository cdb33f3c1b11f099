"""Methods that score every position a network reads; scores of a unit are the signed sum over its positions."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from nlpx.explain.decision import Case
from nlpx.explain.gradient_model import GradientModel
from nlpx.explain.method import NetworkMethod, Scores
from nlpx.explain.view import Reading, View, view

UNREAD: dict[str, float | str] = {
    "not_read": "no window of the text holds what the decision is about, so that all scores are zero"
}
"""What is said of a decision that the network has no row for."""


class Found(NamedTuple):
    """What a method finds in a batch of rows.

    Attributes:
        scores: `(batch, positions)`, or several such `(maps, batch, positions)`; what stands at padding is ignored.
        totals: further numbers of each row `(batch,)`, by name.
    """

    scores: np.ndarray
    totals: dict[str, np.ndarray] = {}  # noqa: RUF012 - never changed


class PositionMethod(NetworkMethod):
    """A method that turns a batch of embedded rows into a score per position.

    A text in windows gets the sum over its windows, each with its share of the logit.
    """

    @abstractmethod
    def positions(self, view: View, reading: Reading, seed: int) -> Found:
        """Scores of a batch."""

    def finish(self, scores: np.ndarray, totals: dict[str, float]) -> Scores:
        """The result of a case from the sums over its rows: scores `(maps, units)`, and totals by name."""
        return Scores(scores[0])

    def look(self, network: GradientModel, seed: int, cases: Sequence[Case]) -> list[Scores]:
        sums: list[np.ndarray] = [np.zeros((1, len(case.units))) for case in cases]
        totals: list[dict[str, float]] = [defaultdict(float) for _ in cases]
        found, read = view(network), Counter[int]()
        for reading in found.readings(cases):
            scores, extra = self.positions(found, reading, seed)
            maps = scores.reshape(-1, *scores.shape[-2:])  # (maps, batch, positions)
            read.update(reading.cases)
            for place, (row, number) in enumerate(zip(reading.rows, reading.cases, strict=True)):
                values = row.weight * maps[:, place, : len(row.places)]
                units = cases[number].units
                sums[number] = sums[number] + [units.add_up(own, row.places) for own in values]
                for name, values in extra.items():
                    totals[number][name] += row.weight * float(values[place])
        finished = [self.finish(own, dict(total)) for own, total in zip(sums, totals, strict=True)]
        told = [network.facts(read[number]) for number in range(len(cases))]
        return [
            replace(scores, facts=facts | scores.facts) if number in read else Scores(own[0], facts | UNREAD)
            for number, (own, scores, facts) in enumerate(zip(sums, finished, told, strict=True))
        ]
