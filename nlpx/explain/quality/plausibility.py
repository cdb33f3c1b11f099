"""Whether a map points at what people marked as the reason (ERASER, DeYoung et al. 2020)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nlpx.explain.quality.faithfulness import ranked
from nlpx.explain.units import Units

OVERLAP = 0.5
"""Intersection over union from which on two spans are a match."""

Span = tuple[int, int]


class Agreement(NamedTuple):
    """A map against a rationale.

    Attributes:
        auprc: area under the precision-recall curve of the units' scores (average precision).
        chance: share of the units that people marked, which random scores come to.
        f1: of as many top units as people marked.
        matched, proposed, marked: runs of such top units that match a marked run, all of them, and the marked runs.
    """

    auprc: float
    chance: float
    f1: float
    matched: int
    proposed: int
    marked: int


def agreement(
    units: Units, scores: np.ndarray, rationale: Sequence[Span], seed: int = 0, text: str = ""
) -> Agreement | None:
    """How far scores agree with marked characters; None where people marked all units or none.

    Args:
        seed, text: what the order of equal scores is drawn from.
    """
    marked = in_rationale(units, rationale)
    count = int(marked.sum())
    if not 0 < count < len(marked):
        return None
    from sklearn.metrics import average_precision_score

    chosen = np.zeros(len(marked), bool)
    chosen[ranked(scores, seed, text)[:count]] = True
    proposed, gold = _runs(chosen), _runs(marked)
    return Agreement(
        float(average_precision_score(marked, scores)),
        count / len(marked),
        float((chosen & marked).sum()) / count,  # precision and recall are the same at equal numbers
        sum(any(_overlap(one, other) >= OVERLAP for other in gold) for one in proposed),
        len(proposed),
        len(gold),
    )


def summary(found: Sequence[Agreement]) -> dict[str, float]:
    """Means over the texts, and the micro F1 of the runs."""
    matched, proposed, marked = (
        sum(getattr(one, name) for one in found) for name in ("matched", "proposed", "marked")
    )
    return {
        "token_auprc": float(np.mean([one.auprc for one in found])),
        "token_f1": float(np.mean([one.f1 for one in found])),
        "iou_f1": 2 * matched / (proposed + marked),
    }


def in_rationale(units: Units, rationale: Sequence[Span]) -> np.ndarray:
    """The units that share a character with a marked span, `(units,)` bool."""
    marked = np.zeros(units.length + 1, np.int64)
    for start, end in rationale:
        marked[start:end] = 1
    before = np.concatenate([[0], np.cumsum(marked)])
    return np.array([before[end] > before[start] for start, end in units.offsets], bool)


def _runs(chosen: np.ndarray) -> list[Span]:
    """Neighbouring units that are all chosen, half-open."""
    edges = np.flatnonzero(np.diff(chosen, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _overlap(one: Span, other: Span) -> float:
    """Intersection over union."""
    common = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    return common / (one[1] - one[0] + other[1] - other[0] - common)
