"""What the report page says about a tagger: which labels fail how, and each text with both sides drawn in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from nlpx.report.content import Judged, Section, TaskPage
from nlpx.report.marks import hues
from nlpx.report.plots import reliability
from nlpx.report.templating import lead, percent, table
from nlpx.stats.calibration import calibration_bins, calibration_error
from nlpx.stats.scores import SCORES
from nlpx.tasks.sequence_labeling.page_examples import Seen, item, kind_name, legend
from nlpx.tasks.sequence_labeling.span_confidence import span_confidence
from nlpx.tasks.sequence_labeling.span_errors import OF_GOLD, judge

BINS = 10

SURE = (
    "probability of the mistake that the model is surest of: of a span that is wrong, or 1 less that of a span it"
    " missed; of a right text, of its least sure span"
)
"""What stands at the right of the list."""


def page(judged: Judged, *, labelled: bool) -> TaskPage:
    """Sections and examples of a split."""
    examples, predictions = judged.examples, judged.predictions
    sure = span_confidence(judged.predictor, examples, predictions)
    texts = [
        Seen(row, example, *judge(example.spans, said), sure[row], labelled)
        for row, (example, said) in enumerate(zip(examples, predictions, strict=True))
    ]
    colors = hues(one.span.label for text in texts for one in (*text.gold, *text.said))
    sections = [*_errors(texts, judged.metrics), *_calibration(texts)] if labelled else []
    items = [item(text, colors) for text in texts]
    return TaskPage(sections, items, legend(colors, labelled=labelled), sure=SURE)


def _errors(texts: Sequence[Seen], metrics: Mapping[str, Any]) -> Iterator[Section]:
    gold = Counter((one.span.label, one.kind) for text in texts for one in text.gold)
    said = Counter((one.span.label, one.kind) for text in texts for one in text.said)
    labels = sorted({label for label, _ in (*gold, *said)})
    if not labels:
        return
    header = ("label", *(score if score != "f1" else "F1" for score in SCORES), "gold", *OF_GOLD, "spurious")
    rows = [
        _label_row(label, [label], gold, said, metrics.get("per_label", {}).get(label)) for label in labels
    ]
    rows.append(_label_row("all", labels, gold, said, metrics))
    body = table(header, rows, numbers=range(1, len(header)))
    if confused := _confused(texts):
        caption = "Most frequent wrong labels"
        body += table(("gold", "predicted", "spans"), confused, numbers=[2], caption=caption)
    lede = (
        "Every gold span is counted under one kind; spurious ones are predictions that touch no gold span."
        " Counts of mistakes lead to the texts behind them."
    )
    yield Section("errors", "Errors by label and kind", body, lede)


def _label_row(
    name: str, labels: Sequence[str], gold: Counter[Any], said: Counter[Any], scores: Mapping[str, Any] | None
) -> list[Any]:
    parts = [percent(scores[score]) if scores and score in scores else "" for score in SCORES]
    counts = [(kind, sum(gold[label, kind] for label in labels)) for kind in OF_GOLD]
    counts.append(("spurious", sum(said[label, "spurious"] for label in labels)))
    total = sum(count for _, count in counts[:-1])
    return [name, *parts, f"{total:,}", *(_count(name, kind, count) for kind, count in counts)]


def _count(label: str, kind: str, count: int) -> Any:
    """A count that leads to its examples."""
    if not count or kind == "right" or label == "all":
        return f"{count:,}"
    return lead(count, kind_name(kind, label))


def _confused(texts: Sequence[Seen], most: int = 10) -> list[tuple[str, str, str]]:
    pairs = Counter(
        (one.span.label, one.other.label)
        for text in texts
        for one in text.gold
        if one.other is not None and one.kind in ("wrong label", "wrong label and bounds")
    )
    return [
        (*labels, f"{count:,}") for labels, count in sorted(pairs.items(), key=lambda pair: -pair[1])[:most]
    ]


def _calibration(texts: Sequence[Seen]) -> Iterator[Section]:
    known = [
        (text.sure[one.span], one.kind == "right")
        for text in texts
        if text.sure is not None
        for one in text.said
    ]
    if not known:
        return
    sure, right = (np.array(column, float) for column in zip(*known, strict=True))
    body = Markup("<figure>{}</figure>").format(
        reliability("calibration", calibration_bins(sure, right, BINS))
    )
    error = calibration_error(sure, right, BINS)
    lede = (
        f"Probabilities of {len(known):,} predicted spans, exact under the model's chain. On average it is"
        f" {percent(sure.mean())} % sure and {percent(right.mean())} % right; a point for each of {BINS} bins of equal"
        " width that has spans. The calibration error, their mean distance from the dotted line, is"
        f" {percent(error)} %."
    )
    yield Section("calibration", "Calibration", body, lede)
