"""What can be told about a candidate of a given span once all of them have a score: does it add to the better ones?"""

from __future__ import annotations

import numpy as np

from nlpx.tasks.entity_linking.linker.ranked import ranked

SURE = 0.2
"""Score from which a better candidate's part of the surface counts as taken."""
FIRST = 6
"""Best candidates that take parts of the surface."""
RIVALS = 4
"""Best candidates that others are compared with."""
NAMES = (
    "score before",
    "log of score",
    "place",
    "behind the best",
    "behind the one before",
    "ahead of the next",
    "sum of scores",
    "sum of better scores",
    "likely ones",
    "share not taken",
    "units not taken",
    "units taken",
    "most shared with a better one",
    "most of a better one shared",
)


def choice_features(span: np.ndarray, scores: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """The features of `NAMES`, float32 (rows, features).

    Args:
        span: of each row, ascending.
        scores: of the rows.
        covered: which units of its surface each row's name has, one bit each, uint64.
    """
    found = np.zeros((len(span), len(NAMES)), np.float32)
    if not len(span):
        return found
    rows = ranked(span, scores)
    order, heads, sizes = rows
    place = rows.place
    columns = (
        *_places(scores[order], heads, sizes, place),
        *_parts(scores[order], covered[order], heads, sizes, place),
    )
    found[order] = np.stack(columns, axis=1)
    return found


def _places(
    score: np.ndarray, heads: np.ndarray, sizes: np.ndarray, place: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Where each score stands among those of its span, which are sorted."""
    best = np.repeat(score[heads], sizes)
    before = np.where(place > 0, np.roll(score, 1), score)
    last = place == np.repeat(sizes - 1, sizes)
    after = np.where(last, 0, np.roll(score, -1))
    running = np.cumsum(score) - score
    better = running - np.repeat(running[heads], sizes)
    total = np.repeat(np.add.reduceat(score, heads), sizes)
    likely = np.repeat(np.add.reduceat(score > 0.5, heads, dtype=np.int64), sizes)
    gaps = (best - score, before - score, score - after)
    return score, np.log(score + 1e-6), place, *gaps, total, better, likely


def _parts(
    score: np.ndarray, covered: np.ndarray, heads: np.ndarray, sizes: np.ndarray, place: np.ndarray
) -> tuple[np.ndarray, ...]:
    """How much of what a candidate covers is covered by better ones."""
    group = np.repeat(np.arange(len(heads)), sizes)
    own = np.maximum(np.bitwise_count(covered), 1)
    taken = np.zeros(len(heads), np.uint64)
    before = np.zeros(len(score), np.uint64)
    shared, of_rival = np.zeros(len(score)), np.zeros(len(score))
    for rank in range(FIRST):
        here = sizes > rank
        at = np.minimum(heads + rank, len(score) - 1)
        now = place == rank
        before[now] = taken[group[now]]
        taken |= np.where(here & (score[at] > SURE), covered[at], np.uint64(0))
        if rank < RIVALS:
            behind = place > rank
            rival = covered[at][group[behind]]
            both = np.bitwise_count(covered[behind] & rival)
            shared[behind] = np.maximum(shared[behind], both / own[behind])
            of_rival[behind] = np.maximum(of_rival[behind], both / np.maximum(np.bitwise_count(rival), 1))
    rest = place >= FIRST
    before[rest] = taken[group[rest]]
    new = np.bitwise_count(covered & ~before)
    return new / own, new, np.bitwise_count(before), shared, of_rival
