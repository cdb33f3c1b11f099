"""The table of `nlpx evaluate`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nlpx.tasks.entity_linking.metrics_rules import MAIN

Row = tuple[str, ...]

HEADER: Row = ("", "precision", "recall", "F1", "of")
RULES = {
    "links": "links",
    "mentions": "mentions",
    "concepts": "concepts of a text",
    "official_2020": "links, script of 2020",
    "accuracy": "given mentions",
}


def rows(metrics: Mapping[str, Any]) -> list[Row]:
    """Header, a row per rule, then stages, slices and errors; shares in percent."""
    return [HEADER, *_rules(metrics), *_stages(metrics), *_slices(metrics), *_errors(metrics)]


def _rules(metrics: Mapping[str, Any]) -> Iterator[Row]:
    for rule, part in metrics["rules"].items():
        interval = metrics.get("interval", {}).get(MAIN[rule])
        bounds = f" [{100 * interval[0]:.1f},{100 * interval[1]:.1f}]" if interval else ""
        f1 = f"{percent(part['f1'])}{bounds}"
        yield RULES[rule], percent(part["precision"]), percent(part["recall"]), f1, f"{part['gold']:,}"


def _stages(metrics: Mapping[str, Any]) -> Iterator[Row]:
    if "candidates" not in metrics:
        return
    candidates, chosen, nil = metrics["candidates"], metrics["disambiguation"], metrics["nil"]
    golds = f"{candidates['golds']:,}"
    for depth in (1, 5, 30):
        yield f"right one in first {depth}", "", percent(candidates[f"recall@{depth}"]), "", golds
    yield "right one in all candidates", "", percent(candidates["ceiling"]), "", golds
    yield "chosen, given the mention", percent(chosen["accuracy"]), "", "", golds
    yield "… where it can be", percent(chosen["accuracy_reachable"]), "", "", f"{chosen['reachable']:,}"
    if nil["golds"]:
        yield (
            "NIL, given the mention",
            percent(nil["precision"]),
            percent(nil["recall"]),
            "",
            f"{nil['golds']:,}",
        )


def _slices(metrics: Mapping[str, Any]) -> Iterator[Row]:
    for name, part in metrics.get("slices", {}).items():
        chosen, found = percent(part["disambiguation"]), percent(part["recall"])
        yield f"· {name}", chosen, found, "", f"{part['golds']:,}"


def _errors(metrics: Mapping[str, Any]) -> Iterator[Row]:
    for side, of in (("gold", "wanted"), ("answers", "answered")):
        for kind, count in metrics.get("errors", {}).get(side, {}).items():
            yield f"{of}: {kind}", "", "", "", f"{count:,}"


def percent(value: float) -> str:
    """A share in percent."""
    return f"{100 * value:.2f}"
