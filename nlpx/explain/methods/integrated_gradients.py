"""Integrated gradients (Sundararajan et al. 2017): gradient times input, averaged on the way from zero to the text."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from nlpx.explain.method import Scores
from nlpx.explain.positions import Found, PositionMethod
from nlpx.explain.view import Reading, View

STEPS = 50

MOST_THREADS = 4
"""Batches at a time: each needs memory of its own."""


class IntegratedGradients(PositionMethod):
    """x times the integral over a in [0, 1] of the logit's gradient at a x, by Gauss-Legendre quadrature.

    The baseline is a text of zero vectors, which is what padding looks like. Scores sum to the difference that the
    text makes to the logit; how far the quadrature misses it is told as the completeness gap.

    Args:
        steps: points of the quadrature, > 0.
    """

    name = "integrated_gradients"
    summary = f"gradient times input, averaged over {STEPS} steps from zero vectors to the text"

    def __init__(self, steps: int = STEPS) -> None:
        self.steps = steps
        points, weights = np.polynomial.legendre.leggauss(steps)
        self.points, self.weights = (points + 1) / 2, weights / 2

    def positions(self, view: View, reading: Reading, seed: int) -> Found:
        count, size = len(reading.rows), len(reading.vectors)
        sums = np.zeros(reading.vectors.shape[:2])
        # Every pair of a step and a row; the last batch is filled up with pairs that weigh nothing.
        pairs = np.arange(-(-count * self.steps // size) * size)
        steps, rows = np.minimum(pairs // count, self.steps - 1), (pairs % count).astype(np.int32)
        weights = np.where(pairs < count * self.steps, self.weights[steps], 0.0)

        def along(start: int) -> np.ndarray:
            part = slice(start, start + size)
            return view.along(reading.vectors, reading.context, rows[part], self.points[steps[part]])

        starts = range(0, len(pairs), size)
        for start, found in zip(starts, _side_by_side(along, starts), strict=True):
            part = slice(start, start + size)
            np.add.at(sums, rows[part], weights[part, None] * found)
        logits = view.logits(reading.vectors, reading.context)
        nothing = view.logits(np.zeros_like(reading.vectors), reading.context)
        spread = np.array([sums[i, : len(row.places)].sum() for i, row in enumerate(reading.rows)])
        return Found(sums, {"logit": logits, "baseline_logit": nothing, "spread": spread})

    def finish(self, scores: np.ndarray, totals: dict[str, float]) -> Scores:
        logit, nothing, spread = (totals.get(name, 0.0) for name in ("logit", "baseline_logit", "spread"))
        facts: dict[str, float | str] = {"baseline": "zero vectors", "steps": self.steps}
        facts |= {"logit": logit, "baseline_logit": nothing, "completeness_gap": logit - nothing - spread}
        elsewhere = spread - float(scores[0].sum())
        if abs(elsewhere) > 1e-9:
            facts["special_tokens"] = elsewhere  # what tokens that stand for no character got
        return Scores(scores[0], facts)


def _side_by_side(along: Callable[[int], np.ndarray], starts: Sequence[int]) -> Iterator[np.ndarray]:
    """The results for all batches, in order. A program that reads position after position leaves cores idle, so that
    several run at a time; the first one runs alone, because it may have to be compiled."""
    yield along(starts[0])
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        yield from pool.map(along, starts[1:])
