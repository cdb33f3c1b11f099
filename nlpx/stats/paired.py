"""Whether one of two models is better: the bootstrap interval of the difference of their scores on the same texts.

Both models are scored on the same resamples (the paired bootstrap), because a text that is hard for one is mostly hard
for the other: two intervals that overlap say nothing about the difference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nlpx.stats.bootstrap import PERCENTILES, resampled_totals


class Countable(NamedTuple):
    """Counts that add up over texts, and the score of their sums.

    Attributes:
        counts: `(texts, models, ...)`.
        score: of sums `(..., models, ...)`: one number for each model, `(..., models)`.
    """

    counts: np.ndarray
    score: Callable[[np.ndarray], np.ndarray]


def difference(found: Countable, resamples: int, seed: int) -> tuple[float, float, float]:
    """The second model's score less the first one's, and the bounds of its 95 % interval.

    Args:
        found: of two models, and at least one text.
        resamples: of the texts, > 0.
    """
    whole = found.score(found.counts.sum(axis=0)[None])[0]
    drawn = found.score(resampled_totals(found.counts, resamples, seed))  # (resamples, 2)
    low, high = np.percentile(drawn[:, 1] - drawn[:, 0], PERCENTILES)
    return float(whole[1] - whole[0]), float(low), float(high)
