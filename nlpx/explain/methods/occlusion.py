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

LIMIT = 20.0
"""What infinite log-odds count as at least, those of a probability of 1 - 2e-9."""

UNDECIDED = "the probability is 0 or 1 with every unit and without, so all scores are zero"


class Occlusion(Method):
    """Fall of the target's log-odds when a unit is dropped from the text, which is then read anew.

    Infinite log-odds, as of a span that is gone with its unit, count as the largest ones of the map, `LIMIT` at least.
    """

    name = "occlusion"
    summary = "fall of the log-odds when a unit is dropped from the text"

    def score(self, explainer: Explainer, cases: Sequence[Case]) -> list[Scores]:
        variants = (variant for case in cases for variant in _variants(case))
        found: list[float] = []
        while chunk := list(islice(variants, GROUP)):
            found += explainer.log_odds(chunk).tolist()
        odds = iter(found)
        return [_scores(np.fromiter(islice(odds, 1 + len(case.units)), np.float64)) for case in cases]


def _scores(odds: np.ndarray) -> Scores:
    """Scores from the log-odds of the whole text and of the text without each unit `(1 + units,)`."""
    facts: dict[str, float | str] = {"removed": "dropped from the text"}
    infinite = ~np.isfinite(odds)
    limit = max(LIMIT, float(np.abs(odds[~infinite]).max(initial=0.0)))
    if infinite.all():
        facts["undecided"] = UNDECIDED
    elif infinite.any():
        count = int(infinite[1:].sum())
        facts["infinite"] = (
            f"without {count:,} of {len(odds) - 1:,} units the probability is 0 or 1, as of a span that is gone;"
            f" such log-odds count as {limit:.4g}"
        )
    finite = np.clip(np.nan_to_num(odds, nan=0.0, posinf=limit, neginf=-limit), -limit, limit)
    return Scores(finite[0] - finite[1:], facts)


def _variants(case: Case) -> Iterator[Variant]:
    """The whole text, and the text without each unit."""
    decision, units = case
    yield Variant(decision, np.ones(units.length, bool))
    for number in range(len(units)):
        yield Variant(decision, units.owner != number)
