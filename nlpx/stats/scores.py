"""Precision, recall and F1 from counts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np

SCORES = ("precision", "recall", "f1")


def scores(counts: np.ndarray) -> np.ndarray:
    """Precision, recall and F1 (..., 3) from correct, predicted and gold counts (..., 3)."""
    correct, found, wanted = np.moveaxis(np.asarray(counts, dtype=float), -1, 0)
    precision, recall = ratio(correct, found), ratio(correct, wanted)
    return np.stack([precision, recall, ratio(2 * precision * recall, precision + recall)], axis=-1)


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, 0 where whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)


def micro_f1(gold: Sequence[Iterable[Hashable]], predicted: Sequence[Iterable[Hashable]]) -> float:
    """Micro F1 of sets, one of each per text; for choosing an epoch, where no more than that is wanted."""
    correct = found = wanted = 0
    for gold_items, predicted_items in zip(gold, predicted, strict=True):
        there, said = set(gold_items), set(predicted_items)
        correct, found, wanted = correct + len(there & said), found + len(said), wanted + len(there)
    return float(scores(np.array([correct, found, wanted]))[2])
