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


LOWER = ("sufficiency", "deletion_auc")
"""Figures of which less is better."""

MORE = "a method should beat random; more: docs/explain.md, How good are they?"


def legend(figures: Mapping[str, Any]) -> tuple[str, str]:
    """How to read the columns that `rows` has."""
    names = _measured(figures)
    higher, lower = (
        ", ".join(COLUMNS[name] for name in names if (name in LOWER) is less) for less in (False, True)
    )
    return f"higher is better: {higher}; lower: {lower}", MORE


def rows(figures: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Header and a row per method, the most comprehensive first; where people marked reasons, chance comes last."""
    methods = figures["methods"]
    names = _measured(figures)
    order = sorted(methods, key=lambda method: -methods[method].get("comprehensiveness", 0.0))
    table = [("method", *(COLUMNS[name] for name in names))]
    table += [(method, *(_cell(methods[method].get(name)) for name in names)) for method in order]
    if figures["rationale"]:
        chance = {"token_auprc": figures["rationale"]["chance"], "token_f1": figures["rationale"]["chance"]}
        table.append(("(chance)", *(_cell(chance.get(name)) for name in names)))
    return table


def _measured(figures: Mapping[str, Any]) -> list[str]:
    return [name for name in COLUMNS if any(name in own for own in figures["methods"].values())]


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
