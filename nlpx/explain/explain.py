"""Explain the decisions of a predictor, chunk by chunk, so that any number of texts fits into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from nlpx.explain.decision import Case, Decision
from nlpx.explain.explainer import PREDICTED, Explainer
from nlpx.explain.method import Method, Scores
from nlpx.explain.saliency import Saliency
from nlpx.explain.strength import SPAN_SHARE, span_share
from nlpx.explain.units import UnitName, units_of

CHUNK = 256
"""Texts explained at once: enough to sort by length, little enough to stay small in memory."""


def explain_with(
    explainer: Explainer,
    examples: Iterable[Any],
    methods: Sequence[Method],
    *,
    unit: UnitName = "auto",
    target: str = PREDICTED,
    size: int = CHUNK,
) -> Iterator[list[Saliency]]:
    """The maps of each example by every method: all methods of its first decision, then of its second.

    Args:
        size: examples that are explained at once; the first maps come after so many.
    """
    iterator = iter(examples)
    while chunk := list(islice(iterator, size)):
        decisions = explainer.decisions(chunk, target)
        cases = [case for found in decisions for case in cases_of(explainer, found, unit)]
        scored = [method.score(explainer, cases) for method in methods]
        maps = iter(
            [
                saliency(case, method, own[number])
                for number, case in enumerate(cases)
                for method, own in zip(methods, scored, strict=True)
            ]
        )
        for found in decisions:
            yield list(islice(maps, len(found) * len(methods)))


def cases_of(explainer: Explainer, decisions: Sequence[Decision], unit: UnitName = "auto") -> list[Case]:
    """The decisions about one example, with the units that are scored."""
    if not decisions:
        return []
    first = decisions[0]
    units = units_of(first.text, explainer.words(first.example), unit)
    return [Case(decision, units) for decision in decisions]


def saliency(case: Case, method: Method, scores: Scores) -> Saliency:
    """A map from what a method says."""
    decision = case.decision
    facts = scores.facts
    if decision.span is not None:
        facts = facts | {SPAN_SHARE: span_share(case.units.offsets, scores.values, decision.span)}
    return Saliency(
        decision.id,
        decision.text,
        case.units.offsets,
        scores.values,
        method.name,
        decision.target,
        decision.probability,
        decision.span,
        facts,
        scores.parts,
    )
