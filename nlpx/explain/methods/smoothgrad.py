"""SmoothGrad (Smilkov et al. 2017): the gradient averaged over noisy copies of the text's vectors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nlpx.explain.method import Scores
from nlpx.explain.positions import Found, PositionMethod
from nlpx.explain.view import Reading, View
from nlpx.training.seeds import generator

SAMPLES = 25
NOISE = 0.15


class SmoothGrad(PositionMethod):
    """Inner product of a position's vector and the mean gradient over noisy copies.

    The noise follows from the seed and the text, so that a map is the same whatever stands beside the text.

    Args:
        samples: noisy copies of each text, > 0.
        noise: standard deviation, as a share of the range of the text's vectors.
    """

    name = "smoothgrad"
    summary = f"inner product of vector and gradient, averaged over {SAMPLES} noisy copies"

    def __init__(self, samples: int = SAMPLES, noise: float = NOISE) -> None:
        self.samples, self.noise = samples, noise

    def positions(self, view: View, reading: Reading, seed: int) -> Found:
        sums = np.zeros(reading.vectors.shape, np.float32)
        size = len(sums)
        draws = self._draws(reading, seed)
        while chunk := [draw for _, draw in zip(range(size), draws, strict=False)]:
            rows = np.array([row for row, _ in chunk])
            noisy = np.zeros_like(sums)
            for place, (row, noise) in enumerate(chunk):
                noisy[place] = reading.vectors[row]
                noisy[place, : len(noise)] += noise
            filled = np.resize(rows, size)
            context = {name: array[filled] for name, array in reading.context.items()}
            _, gradients = view.slopes(noisy, context)
            np.add.at(sums, rows, gradients[: len(rows)])
        return Found((sums / self.samples * reading.vectors).sum(axis=-1))

    def _draws(self, reading: Reading, seed: int) -> Iterator[tuple[int, np.ndarray]]:
        """Rows and their noise `(positions, units)`, sample by sample."""
        for number, row in enumerate(reading.rows):
            vectors = reading.vectors[number, : len(row.places)]
            scale = self.noise * float(np.ptp(vectors)) if vectors.size else 0.0
            start = row.places[0][0] if len(row.places) else 0
            source = generator(seed, "smoothgrad", reading.texts[number], start)
            for _ in range(self.samples):
                yield number, scale * source.standard_normal(vectors.shape, np.float32)

    def finish(self, scores: np.ndarray, totals: dict[str, float]) -> Scores:
        return Scores(scores[0], {"samples": self.samples, "noise": self.noise})
