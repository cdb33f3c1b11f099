"""Judge the maps of several methods over many texts."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from nlpx.explain.decision import Case
from nlpx.explain.explain import CHUNK, cases_of
from nlpx.explain.explainer import PREDICTED, Explainer
from nlpx.explain.method import Method
from nlpx.explain.quality.faithfulness import end_points, faithfulness
from nlpx.explain.quality.plausibility import Agreement, agreement, summary
from nlpx.explain.units import UnitName

REMOVED = "dropped from the text, which is then read anew"


def judge(
    explainer: Explainer,
    examples: Iterable[Any],
    methods: Sequence[Method],
    *,
    unit: UnitName = "auto",
    target: str = PREDICTED,
    told: Callable[[int], None] = lambda count: None,
) -> dict[str, Any]:
    """Means of all figures by method, and what they were measured on.

    Args:
        told: how many texts are done, after each chunk.

    Returns:
        `{"methods": {name: figures}, "texts", "decisions", "unit", "target", "removed", "rationale"}`; `rationale`
        is `{"decisions", "chance"}`, or None where no text has one.
    """
    tables = {method.name: _Table() for method in methods}
    counts = {"texts": 0, "decisions": 0}
    for texts, cases in _chunks(explainer, examples, unit, target):
        counts["texts"] += texts
        counts["decisions"] += len(cases)
        if cases:
            _judge_chunk(explainer, cases, methods, tables)
        told(counts["texts"])
    marked = next(iter(tables.values())).agreements
    chance = (
        {"decisions": len(marked), "chance": float(np.mean([one.chance for one in marked]))}
        if marked
        else None
    )
    return {
        "methods": {name: table.means() for name, table in tables.items()},
        **counts,
        "unit": unit,
        "target": target,
        "removed": REMOVED,
        "rationale": chance,
    }


class _Table:
    """What was measured of one method."""

    def __init__(self) -> None:
        self.columns: dict[str, list[np.ndarray]] = defaultdict(list)
        self.agreements: list[Agreement] = []
        self.seconds = 0.0

    def means(self) -> dict[str, float]:
        means = {name: float(np.concatenate(parts).mean()) for name, parts in self.columns.items()}
        means |= summary(self.agreements) if self.agreements else {}
        return means | {"seconds": round(self.seconds, 3)}


def _chunks(
    explainer: Explainer, examples: Iterable[Any], unit: UnitName, target: str
) -> Iterator[tuple[int, list[Case]]]:
    """Numbers of texts, and the cases in them that have a unit."""
    iterator = iter(examples)
    while chunk := list(islice(iterator, CHUNK)):
        found = explainer.decisions(chunk, target)
        cases = [case for decisions in found for case in cases_of(explainer, decisions, unit)]
        yield len(chunk), [case for case in cases if len(case.units)]


def _judge_chunk(
    explainer: Explainer, cases: Sequence[Case], methods: Sequence[Method], tables: dict[str, _Table]
) -> None:
    ends = end_points(explainer, cases)
    rationales = [explainer.rationale(case.decision.example) for case in cases]
    for method in methods:
        table = tables[method.name]
        began = time.monotonic()
        scores = [found.values for found in method.score(explainer, cases)]
        table.seconds += time.monotonic() - began
        for name, values in faithfulness(explainer, cases, scores, ends).items():
            table.columns[name].append(values)
        for case, own, rationale in zip(cases, scores, rationales, strict=True):
            if not rationale:
                continue
            agreed = agreement(case.units, own, rationale, explainer.seed, case.decision.text)
            if agreed is not None:
                table.agreements.append(agreed)
