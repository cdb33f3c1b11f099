"""The table of `nlpx evaluate`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nlpx.tasks.entity_linking.metrics_rules import MAIN

Row = tuple[str, ...]

HEADER: Row = ("", "precision", "recall", "F1", "of")
MORE = "more: docs/entity_linking.md, Scores"

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


def legend(metrics: Mapping[str, Any]) -> tuple[str, ...]:
    """What the rows are; of single stages only where there are some."""
    rules = "links: place and entity right; concepts: the set of a text's entities"
    if "candidates" not in metrics:
        return (rules, MORE)
    return (
        rules,
        "right one in first k: gold mentions with their entity among the k best",
        "chosen, given the mention: the best candidate is right",
        "· slices of mentions; precision: chosen when given, recall: linked in the text",
        "wanted, answered: gold links and the model's, by kind of error; of: how many",
        MORE,
    )


def _rules(metrics: Mapping[str, Any]) -> Iterator[Row]:
    for rule, part in metrics["rules"].items():
        interval = metrics.get("interval", {}).get(MAIN[rule])
        bounds = f" [{100 * interval[0]:.1f}, {100 * interval[1]:.1f}]" if interval else ""
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
