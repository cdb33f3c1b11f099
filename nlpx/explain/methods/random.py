"""Scores that know nothing: what every other method has to beat."""

from __future__ import annotations

from collections.abc import Sequence

from nlpx.explain.decision import Case
from nlpx.explain.explainer import Explainer
from nlpx.explain.method import Method, Scores
from nlpx.training.seeds import generator


class Random(Method):
    """Uniform in [-1, 1), from the seed and the text alone."""

    name = "random"
    summary = "a control that knows nothing, drawn from the seed and the text"

    def score(self, explainer: Explainer, cases: Sequence[Case]) -> list[Scores]:
        return [
            Scores(
                generator(explainer.seed, "random map", case.decision.text).uniform(-1, 1, len(case.units))
            )
            for case in cases
        ]
