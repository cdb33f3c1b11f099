"""Counts of right and wrong classes per text, and the scores that follow from their sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nlpx.stats.scores import ratio, scores

RIGHT, SAID, TRUE = 0, 1, 2
"""Columns of the counts: classes rightly predicted, predicted, and to be predicted."""


def count(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> tuple[list[str], np.ndarray]:
    """The sorted classes on either side, and for each text right, predicted and true ones `(texts, labels, 3)`."""
    labels = sorted({label for side in (gold, predicted) for text in side for label in text})
    column = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((len(gold), len(labels), 3))
    for row, (true, said) in enumerate(zip(gold, predicted, strict=True)):
        for kind, names in ((RIGHT, set(true) & set(said)), (SAID, said), (TRUE, true)):
            for name in names:
                counts[row, column[name], kind] = 1
    return labels, counts


def accuracy(counts: np.ndarray) -> np.ndarray:
    """Share of texts whose one class is right `(...)`, from counts `(..., labels, 3)`."""
    total = counts.sum(axis=-2)
    return ratio(total[..., RIGHT], total[..., TRUE])


def micro_f1(counts: np.ndarray) -> np.ndarray:
    return scores(counts.sum(axis=-2))[..., 2]


def macro_f1(counts: np.ndarray) -> np.ndarray:
    """Mean of the classes' F1."""
    return scores(counts)[..., 2].mean(axis=-1)


def weighted_f1(counts: np.ndarray) -> np.ndarray:
    """Mean of the classes' F1, weighted with how often each is true."""
    support = counts[..., TRUE]
    return ratio((scores(counts)[..., 2] * support).sum(axis=-1), support.sum(axis=-1))


SCORES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "accuracy": accuracy,
    "f1": micro_f1,
    "macro_f1": macro_f1,
    "weighted_f1": weighted_f1,
}
"""Score `(...)` from counts `(..., labels, 3)`, by its name."""
