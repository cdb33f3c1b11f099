"""The table of `nlpx evaluate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlpx.stats.scores import SCORES
from nlpx.stats.units import score_number

TOTALS = ("accuracy", "f1", "macro_f1", "weighted_f1", "roc_auc", "calibration_error", "log_loss")


def rows(metrics: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Header, every total with its value, then every class: precision, recall, F1 and support; shares in per cent."""
    table: list[tuple[str, ...]] = [("", "value", *SCORES, "support")]
    intervals = metrics.get("interval", {})
    for name in TOTALS:
        # Micro F1 of one class per text is its accuracy.
        if name in metrics and not (name == "f1" and "confusion" in metrics):
            shown = f"{name} (nats)" if name == "log_loss" else name
            table.append((shown, _cell(metrics[name], intervals.get(name), name), "", "", "", ""))
    for label, part in metrics["per_label"].items():
        # Intervals of all three would not fit a terminal.
        f1 = _cell(part["f1"], part.get("interval", {}).get("f1"))
        table.append((label, "", _cell(part["precision"]), _cell(part["recall"]), f1, str(part["support"])))
    return table


def _cell(value: float, interval: Any = None, name: str = "f1") -> str:
    shown = score_number(name, value)
    return f"{shown} [{100 * interval[0]:.1f}, {100 * interval[1]:.1f}]" if interval else shown
