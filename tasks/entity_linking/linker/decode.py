"""The best set of spans that may stand beside one another: weighted interval scheduling.

Expected F1 is greatest for the set that maximises the sum of (probability of being right - F1 / 2): each answer adds
its probability to what is right and one to what is said (Lipton et al., 2014, https://arxiv.org/abs/1402.1892). So a
span's gain is its probability less a threshold, which is tuned rather than computed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from nlpx.tasks.entity_linking.linker.proposals import Spans

Weighted = tuple[int, int, float]
"""Start, end and gain of a span."""


def choose(spans: Spans, gains: np.ndarray, *, nesting: bool = False) -> np.ndarray:
    """Which spans of each text to keep, bool (spans,): those with the greatest sum of gains that don't overlap.

    Args:
        gains: what each is worth, (spans,); only those above 0 are kept.
        nesting: whether a span may lie inside another; spans that cross are never kept both.
    """
    chosen = np.zeros(len(spans), bool)
    rows = np.flatnonzero(gains > 0)
    columns = (spans.start[rows].tolist(), spans.end[rows].tolist(), gains[rows].tolist())
    weighted = list(zip(*columns, strict=True))
    pick = _laminar if nesting else disjoint
    for begin, end in pairwise(_clusters(spans.take(rows))):
        chosen[rows[[begin + number for number in pick(weighted[begin:end])]]] = True
    return chosen


def _clusters(spans: Spans) -> list[int]:
    """Where spans begin that share no character with those before, and the number of spans."""
    if not len(spans):
        return [0]
    beyond = int(spans.end.max()) + 1
    start = spans.text.astype(np.int64) * beyond + spans.start
    reach = np.maximum.accumulate(spans.text.astype(np.int64) * beyond + spans.end)
    return [0, *(np.flatnonzero(start[1:] >= reach[:-1]) + 1).tolist(), len(spans)]


def disjoint(spans: Sequence[Weighted]) -> list[int]:
    """Numbers of the spans with the greatest sum that share no character; of equal sums, those that end first."""
    order = sorted(range(len(spans)), key=lambda number: spans[number][1])
    ends = [spans[number][1] for number in order]
    sums, before = [0.0], []
    for rank, number in enumerate(order):
        start, _, gain = spans[number]
        before.append(bisect_right(ends, start, 0, rank))
        sums.append(max(sums[-1], sums[before[-1]] + gain))
    kept, rank = [], len(order)
    while rank:
        if sums[rank] > sums[rank - 1]:
            kept.append(order[rank - 1])
            rank = before[rank - 1]
        else:
            rank -= 1
    return kept[::-1]


def _laminar(spans: Sequence[Weighted]) -> list[int]:
    """Numbers of the spans with the greatest sum, any two of them apart or one inside the other.

    From the shortest span up: one is worth its own gain and that of the best set inside it.
    """
    order = sorted(range(len(spans)), key=lambda number: spans[number][1] - spans[number][0])
    worth: dict[int, float] = {}
    family: dict[int, list[int]] = {}
    for number in order:
        start, end, gain = spans[number]
        inside = [one for one in worth if start <= spans[one][0] and spans[one][1] <= end]
        kept = _best(spans, worth, inside)
        worth[number] = gain + sum(worth[one] for one in kept)
        family[number] = [number, *(member for one in kept for member in family[one])]
    return sorted(member for one in _best(spans, worth, order) for member in family[one])


def _best(spans: Sequence[Weighted], worth: dict[int, float], numbers: Sequence[int]) -> list[int]:
    kept = disjoint([(*spans[number][:2], worth[number]) for number in numbers])
    return [numbers[rank] for rank in kept]
