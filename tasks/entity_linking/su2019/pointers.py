"""From where mentions start and end to mentions (half-pointer, half-tag; https://kexue.fm/archives/6671)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from nlpx.tasks.entity_linking.example import Place


def pointed_places(probabilities: np.ndarray, threshold: float) -> dict[Place, float]:
    """Each start with the nearest end at or after it, and how likely both are.

    Args:
        probabilities: `(length, 2)`, that a mention starts at a character, and that it ends with it.
    """
    ends = np.flatnonzero(probabilities[:, 1] > threshold)
    places = {}
    for start in np.flatnonzero(probabilities[:, 0] > threshold).tolist():
        nearest = int(np.searchsorted(ends, start))
        if nearest < len(ends):
            end = int(ends[nearest])
            places[start, end + 1] = float(probabilities[start, 0] * probabilities[end, 1])
    return places


def without_overlaps(places: Iterable[tuple[Place, float]]) -> set[Place]:
    """The likeliest places that share no character: the likeliest first, of equal ones the one that starts first.

    Two starts that found the same end overlap, so nearest ends alone don't say which of them is a mention.
    """
    kept: set[Place] = set()
    for (start, end), _ in sorted(places, key=lambda item: (-item[1], item[0])):
        if all(end <= first or last <= start for first, last in kept):
            kept.add((start, end))
    return kept
