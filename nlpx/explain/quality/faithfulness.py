"""Whether the model goes by the units that a map points at (ERASER, DeYoung et al. 2020; Samek et al. 2017).

Units are dropped from the text, the most important first, and the model reads what is left:

    comprehensiveness(k) = p(text) - p(text without the top k)     higher is better
    sufficiency(k)       = p(text) - p(top k alone)                lower is better
    deletion             = area under p while units are dropped    lower is better
    insertion            = area under p while units are added      higher is better

The first two are means over the shares k of `BINS` (the AOPC of ERASER); p is the probability of the target.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nlpx.explain.decision import Case, Variant
from nlpx.explain.explainer import Explainer
from nlpx.training.seeds import generator

BINS = (0.01, 0.05, 0.1, 0.2, 0.5)
CURVE = tuple(n / 10 for n in range(11))
INNER = tuple(sorted({*BINS, *CURVE} - {0.0, 1.0}))
"""Shares of the units, but for none and all of them."""


def faithfulness(
    explainer: Explainer, cases: Sequence[Case], scores: Sequence[np.ndarray], ends: np.ndarray
) -> dict[str, np.ndarray]:
    """The four figures of each case `(cases,)`, and comprehensiveness and sufficiency at each share.

    Args:
        scores: of each case's units.
        ends: what `end_points` gives.
    """
    orders = [
        ranked(own, explainer.seed, case.decision.text) for case, own in zip(cases, scores, strict=True)
    ]
    variants = [
        variant
        for case, order in zip(cases, orders, strict=True)
        for share in INNER
        for variant in _without_and_alone(case, order, share)
    ]
    found = explainer.probabilities(variants).reshape(len(cases), len(INNER), 2)
    whole, empty = ends[:, :1], ends[:, 1:]
    without = np.concatenate([whole, found[..., 0], empty], axis=1)
    alone = np.concatenate([empty, found[..., 1], whole], axis=1)
    return _figures(whole, without, alone)


def end_points(explainer: Explainer, cases: Sequence[Case]) -> np.ndarray:
    """Probability of the target from the whole text and from nothing, `(cases, 2)`."""
    keeps = (np.ones, np.zeros)
    variants = [Variant(case.decision, keep(case.units.length, bool)) for case in cases for keep in keeps]
    return explainer.probabilities(variants).reshape(-1, 2)


def ranked(scores: np.ndarray, seed: int, text: str) -> np.ndarray:
    """The numbers of the units `(units,)`, those with the highest scores first.

    Equal scores stand in an order drawn from the seed and the text, the same for every method: by their place, a map
    that says nothing would be as good as the beginning of a text is telling.
    """
    drawn = generator(seed, "order of equal scores", text).random(len(scores))
    return np.lexsort((drawn, -np.asarray(scores)))


def _without_and_alone(case: Case, order: np.ndarray, share: float) -> tuple[Variant, Variant]:
    """The text without the top units, and they alone; at least one unit, parts of a unit count as one."""
    count = max(1, math.ceil(share * len(case.units) - 1e-9))
    top = np.zeros(len(case.units), bool)
    top[order[:count]] = True
    chosen = case.units.characters(top)
    return Variant(case.decision, ~chosen), Variant(case.decision, chosen)


def _figures(whole: np.ndarray, without: np.ndarray, alone: np.ndarray) -> dict[str, np.ndarray]:
    """All figures from the probability of the whole text `(cases, 1)` and at all shares `(cases, shares)`."""
    shares = (0.0, *INNER, 1.0)
    bins, curve = ([shares.index(share) for share in wanted] for wanted in (BINS, CURVE))
    at = {
        "comprehensiveness": whole - without[:, bins],  # (cases, bins)
        "sufficiency": whole - alone[:, bins],
    }
    means = {name: values.mean(axis=1) for name, values in at.items()}
    areas = {
        "deletion_auc": np.trapezoid(without[:, curve], CURVE, axis=1),
        "insertion_auc": np.trapezoid(alone[:, curve], CURVE, axis=1),
    }
    each = {
        f"{name}@{share:.0%}": values[:, column]
        for name, values in at.items()
        for column, share in enumerate(BINS)
    }
    return means | areas | each
