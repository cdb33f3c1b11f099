"""The figures of all methods as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLUMNS = {
    "comprehensiveness": "compr.",
    "sufficiency": "suff.",
    "deletion_auc": "deletion",
    "insertion_auc": "insertion",
    "token_auprc": "AUPRC",
    "token_f1": "F1",
    "iou_f1": "IOU-F1",
}


LEGEND = (
    "higher is better: compr., insertion, AUPRC, F1, IOU-F1; lower: suff., deletion",
    "a method should beat random; more: docs/explain.md, How good are they?",
)


def rows(figures: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Header and a row per method, the most comprehensive first; where people marked reasons, chance comes last."""
    methods = figures["methods"]
    names = [name for name in COLUMNS if any(name in own for own in methods.values())]
    order = sorted(methods, key=lambda method: -methods[method].get("comprehensiveness", 0.0))
    table = [("method", *(COLUMNS[name] for name in names))]
    table += [(method, *(_cell(methods[method].get(name)) for name in names)) for method in order]
    if figures["rationale"]:
        chance = {"token_auprc": figures["rationale"]["chance"], "token_f1": figures["rationale"]["chance"]}
        table.append(("(chance)", *(_cell(chance.get(name)) for name in names)))
    return table


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
