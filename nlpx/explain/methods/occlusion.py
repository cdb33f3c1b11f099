"""Occlusion: what the model thinks of the text without each unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from nlpx.explain.decision import Case, Variant
from nlpx.explain.explainer import Explainer
from nlpx.explain.method import Method, Scores

GROUP = 4096
"""Texts without a unit that are asked about at once."""

LEAST = 1e-9


class Occlusion(Method):
    """Fall of the target's log-odds when a unit is dropped from the text, which is then read anew."""

    name = "occlusion"
    summary = "fall of the log-odds when a unit is dropped from the text"

    def score(self, explainer: Explainer, cases: Sequence[Case]) -> list[Scores]:
        variants = (variant for case in cases for variant in _variants(case))
        found: list[float] = []
        while chunk := list(islice(variants, GROUP)):
            found += explainer.probabilities(chunk).tolist()
        odds = iter(log_odds(np.array(found)))
        scores = []
        for case in cases:
            whole = next(odds)
            without = np.fromiter(islice(odds, len(case.units)), np.float64, len(case.units))
            scores.append(Scores(whole - without, {"removed": "dropped from the text"}))
        return scores


def _variants(case: Case) -> Iterator[Variant]:
    """The whole text, and the text without each unit."""
    decision, units = case
    yield Variant(decision, np.ones(units.length, bool))
    for number in range(len(units)):
        yield Variant(decision, units.owner != number)


def log_odds(probability: np.ndarray) -> np.ndarray:
    """log p / (1 - p), finite for 0 and 1, too."""
    p = np.clip(probability, LEAST, 1 - LEAST)
    return np.asarray(np.log(p) - np.log1p(-p))
