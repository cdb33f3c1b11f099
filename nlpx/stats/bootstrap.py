"""Bootstrap intervals: how much a score would vary with other texts from the same source.

Texts are drawn with replacement, as many as there are; the interval runs from the 2.5th to the 97.5th
percentile of the resampled scores (Efron's percentile bootstrap). A resample is a vector of how often each
text was drawn, so all of them together are one matrix product with the counts of the texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

PERCENTILES = (2.5, 97.5)
CHUNK = 64  # resamples at a time, bounds memory to 64 numbers per text


def resampled_totals(counts: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """The totals of each resample: (resamples, ...) from the counts of each text (texts, ...)."""
    texts = len(counts)
    flat = counts.reshape(texts, -1)
    draws = np.random.default_rng(seed)
    totals = np.empty((resamples, flat.shape[1]))
    for start in range(0, resamples, CHUNK):
        size = min(CHUNK, resamples - start)
        drawn = draws.integers(texts, size=(size, texts), dtype=np.int32)
        times = np.stack([np.bincount(row, minlength=texts) for row in drawn]).astype(float)
        totals[start : start + size] = times @ flat
    return totals.reshape(resamples, *counts.shape[1:])


def intervals(
    counts: np.ndarray,
    statistics: Sequence[Callable[[np.ndarray], np.ndarray]],
    resamples: int,
    seed: int,
) -> list[np.ndarray]:
    """The 95 % interval (2, ...) of each statistic of totals (resamples, ...)."""
    if not len(counts):
        return [np.repeat(statistic(np.zeros((1, *counts.shape[1:]))), 2, axis=0) for statistic in statistics]
    totals = resampled_totals(counts, resamples, seed)
    return [np.percentile(statistic(totals), PERCENTILES, axis=0) for statistic in statistics]
