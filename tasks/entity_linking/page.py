"""What the report page says about a linker: where links are lost, by stage and by kind, and whether its scores hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from nlpx.report.content import Judged, Section, TaskPage
from nlpx.report.plots import reliability
from nlpx.report.templating import bars, lead, percent, render, table
from nlpx.stats.calibration import equally_full_bins
from nlpx.tasks.entity_linking.example import Example, Prediction
from nlpx.tasks.entity_linking.page_examples import kind_name, text_item
from nlpx.tasks.entity_linking.page_links import Entities

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

BINS = 10
"""Of as many answers each, as the calibration error of `metrics_stages` has them."""

SURE = (
    "score of the wrong link that the model is surest of, or where a link is only missing, 1 less the score of the"
    " dropped one; of a right text, the lowest score of a link"
)
"""What stands at the right of the list."""


def page(judged: Judged, knowledge_base: KnowledgeBase | None) -> TaskPage:
    """Sections and examples of a split.

    Args:
        knowledge_base: names the entities; without it their ids stand alone.
    """
    entities = Entities(knowledge_base)
    pairs = list(zip(judged.examples, judged.predictions, strict=True))
    sections = [
        *_funnel(judged.metrics),
        *_errors(judged.metrics),
        *_slices(judged.metrics),
        *_calibration(pairs, judged.metrics),
    ]
    items = [text_item(row, *pair, entities) for row, pair in enumerate(pairs)]
    return TaskPage(sections, items, render("linked_legend.html"), entities.told, SURE)


# === Where links are lost ===


def _funnel(metrics: Mapping[str, Any]) -> Iterator[Section]:
    if "candidates" not in metrics or not metrics["candidates"]["golds"]:
        return
    rows = [(name, share, percent(share)) for name, share in _stages(metrics)]
    body = bars(rows) + table(("if …", "precision", "recall", "F1"), _ceilings(metrics), numbers=(1, 2, 3))
    golds = metrics["rules"]["links"]["gold"]
    lede = (
        f"The share of {golds:,} gold links, in percent, that each stage gets right by itself, and in the last line all"
        " of them together. The table says what a perfect stage would give."
    )
    yield Section("funnel", "Stage by stage", body, lede)


def _stages(metrics: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    candidates, rules = metrics["candidates"], metrics["rules"]
    yield "in the gold", 1.0
    yield "right entity among all candidates", candidates["ceiling"]
    for depth in (5, 2):
        yield f"… among the first {depth}", candidates.get(f"recall@{depth}", 0.0)
    yield "right entity chosen, given the mention", metrics["disambiguation"]["accuracy"]
    if "mentions" in rules:
        yield "mention found in the text, whatever it is linked to", rules["mentions"]["recall"]
    yield "mention found and linked rightly", rules["links"]["recall"]


def _ceilings(metrics: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    rules = metrics["rules"]
    yield "nothing changed", *_scores(rules["links"])
    if "mentions" in rules:
        yield "every mention that is found were linked rightly", *_scores(rules["mentions"])
    chosen, ceiling = metrics["disambiguation"]["accuracy"], metrics["candidates"]["ceiling"]
    yield "every mention were found, and the entity chosen as now", "", percent(chosen), ""
    yield "every mention were found, and the best candidate chosen", "", percent(ceiling), ""


def _scores(rule: Mapping[str, float]) -> tuple[str, str, str]:
    return percent(rule["precision"]), percent(rule["recall"]), percent(rule["f1"])


# === Errors ===


def _errors(metrics: Mapping[str, Any]) -> Iterator[Section]:
    sides = (("gold", "wanted", "Links of the gold"), ("answers", "answered", "Links of the model"))
    found = metrics.get("errors")
    if not found:
        return
    body = Markup().join(_side(found[side], of, caption) for side, of, caption in sides)
    lede = (
        "No candidate: the right entity was not among the candidates, which no choice could mend. Wrong span: the other"
        " side has an overlapping one. Spurious: the gold has nothing there. Linked NIL: the gold says that the mention"
        " means nothing in the knowledge base. Counts of mistakes lead to the texts behind them."
    )
    yield Section("errors", "Errors by kind", Markup('<div class="grid">{}</div>').format(body), lede)


def _side(counts: Mapping[str, int], of: str, caption: str) -> Markup:
    total = sum(counts.values())
    rows = [
        (kind, _count(kind_name(of, kind), count, kind), percent(count / total) if total else "")
        for kind, count in counts.items()
    ]
    rows.append(("together", f"{total:,}", ""))
    return Markup("<div>{}</div>").format(
        table(("kind", "links", "%"), rows, numbers=(1, 2), caption=caption)
    )


def _count(name: str, count: int, kind: str) -> Any:
    if not count or kind == "correct":
        return f"{count:,}"
    return lead(count, name)


def _slices(metrics: Mapping[str, Any]) -> Iterator[Section]:
    if not metrics.get("slices"):
        return
    header = ("mentions that are …", "mentions", "linked rightly in the text", "chosen rightly when given")
    rows = [
        (name, f"{part['golds']:,}", percent(part["recall"]), percent(part["disambiguation"]))
        for name, part in metrics["slices"].items()
    ]
    lede = (
        "Prior right: what the training texts link the surface to most is right here; prior wrong: it is not. Shares in"
        " percent."
    )
    yield Section("slices", "Kinds of mentions", table(header, rows, numbers=(1, 2, 3)), lede)


def _calibration(
    pairs: Sequence[tuple[Example, Prediction]], metrics: Mapping[str, Any]
) -> Iterator[Section]:
    known = [pair for pair in pairs if pair[0].labelled]
    found = [
        (link.score, (link.start, link.end, link.entity_id) in gold)
        for example, prediction in known
        for gold in [{(m.start, m.end, m.entity_id) for m in example.mentions}]
        for link in prediction.kept
    ]
    if not found or not all(0 <= score <= 1 for score, _ in found):
        return
    sure, right = (np.array(column, float) for column in zip(*found, strict=True))
    drawn = reliability("calibration", equally_full_bins(sure, right, BINS))
    error = metrics.get("calibration", {}).get("error")
    told = "" if error is None else f" The calibration error, their mean distance, is {percent(error)} %."
    lede = (
        f"Scores of {len(found):,} answers: {percent(sure.mean())} % on average, and {percent(right.mean())} % are"
        f" right. A point for each of {BINS} bins that hold equally many; where it lies below the dotted line, scores"
        f" are too high.{told}"
    )
    yield Section("calibration", "Calibration", Markup("<figure>{}</figure>").format(drawn), lede)
