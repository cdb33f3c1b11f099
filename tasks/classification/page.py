"""What the report page says about a classifier: who is taken for whom, and how far its probabilities can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from markupsafe import Markup

from nlpx.report.confusion import confusion, most_confused, taken_for
from nlpx.report.content import Item, Judged, Section, TaskPage, Verdict
from nlpx.report.marks import Mark, drawn
from nlpx.report.plots import reliability
from nlpx.report.templating import bars, lead, percent, render, table
from nlpx.stats.calibration import BINS, calibration_bins
from nlpx.tasks.classification.example import Example, Prediction

SURE = "probability of the predicted class"
SURE_OF_SEVERAL = (
    "probability of the mistake that the model is surest of, a class said wrongly or a missed one left out; of a right"
    " text, of the decision it is least sure of"
)
"""What stands at the right of the list."""

TOLD = 5
"""Classes whose probability an opened example tells."""


def page(judged: Judged, *, several: bool) -> TaskPage:
    """Sections and examples of a split."""
    pairs = list(zip(judged.examples, judged.predictions, strict=True))
    sections = [
        *_confusion(judged.metrics.get("confusion")),
        *(_calibration(pairs, judged.metrics, several=several)),
    ]
    items = [_item(row, *pair, several=several) for row, pair in enumerate(pairs)]
    return TaskPage(sections, items, _legend(pairs), sure=SURE_OF_SEVERAL if several else SURE)


def _confusion(found: Mapping[str, Any] | None) -> Iterator[Section]:
    if not found:
        return
    labels, counts = found["labels"], found["table"]
    body = confusion(labels, counts)
    if len(labels) > 2 and (pairs := most_confused(labels, counts)):
        rows = [(true, said, lead(count, taken_for(true, said))) for true, said, count in pairs]
        body += table(("true", "predicted", "texts"), rows, numbers=[2], caption="Most frequent confusions")
    yield Section("confusion", "Confusion matrix", body, "A count of mistakes leads to the texts behind it.")


def _calibration(
    pairs: Sequence[tuple[Example, Prediction]], metrics: Mapping[str, Any], *, several: bool
) -> Iterator[Section]:
    judged = [pair for pair in pairs if pair[0].labels]
    if several or not judged:
        return
    sure = np.array([max(said.probabilities.values(), default=0.0) for _, said in judged])
    right = np.array([said.labels == example.labels for example, said in judged], float)
    error = metrics.get("calibration_error")
    told = "" if error is None else f" The calibration error, their mean distance, is {percent(error)} %."
    lede = (
        "Where the line lies below the dotted one, the model is surer than it is right: a point for each of"
        f" {BINS} bins of equal width that has texts. On average it is {percent(sure.mean())} % sure and"
        f" {percent(right.mean())} % right.{told}"
    )
    body = Markup("<figure>{}</figure>").format(
        reliability("calibration", calibration_bins(sure, right, BINS))
    )
    yield Section("calibration", "Calibration", body, lede)


def _legend(pairs: Sequence[tuple[Example, Prediction]]) -> Markup:
    if not any(example.rationale for example, _ in pairs):
        return Markup()
    return Markup(
        '<p class="legend"><mark class="h6" data-l="">underlined</mark> what people marked as the reason</p>'
    )


def _item(row: int, example: Example, said: Prediction, *, several: bool) -> Item:
    verdict = _verdict(example, said)
    return Item(
        row=row,
        id=example.id,
        text=example.text if example.pair is None else f"{example.text} ‖ {example.pair}",
        answer=_answer(example, said, verdict),
        verdict=verdict,
        confidence=_confidence(example, said, several=several),
        kinds=tuple(_kinds(example, said, verdict)),
        body=partial(_body, example, said),
    )


def _verdict(example: Example, said: Prediction) -> Verdict:
    if not example.labels:
        return ""
    return "right" if set(example.labels) == set(said.labels) else "wrong"


def _answer(example: Example, said: Prediction, verdict: Verdict) -> str:
    answer = _named(said.labels)
    return f"{answer} (gold: {_named(example.labels)})" if verdict == "wrong" else answer


def _named(labels: Sequence[str]) -> str:
    return ", ".join(labels) or "no class"


def _confidence(example: Example, said: Prediction, *, several: bool) -> float | None:
    """Probability of the answer; of several classes, that of the decision the model is surest to have got wrong."""
    values = said.probabilities
    if not values:
        return None
    if not several:
        return max(values.values())
    wrong = set(said.labels) ^ set(example.labels)
    sure = {name: value if name in said.labels else 1 - value for name, value in values.items()}
    return max((sure[name] for name in wrong if name in sure), default=min(sure.values()))


def _kinds(example: Example, said: Prediction, verdict: Verdict) -> Iterator[str]:
    if verdict == "wrong" and len(example.labels) == len(said.labels) == 1:
        yield taken_for(example.labels[0], said.labels[0])
    elif verdict == "wrong":
        yield from (f"missed {name}" for name in example.labels if name not in said.labels)
        yield from (f"wrongly said {name}" for name in said.labels if name not in example.labels)
    yield from (f"gold: {name}" for name in example.labels)


def _body(example: Example, said: Prediction) -> Markup:
    marks = [
        Mark(start, end, "", 6, title="marked by people as the reason")
        for start, end in example.rationale or ()
    ]
    values = sorted(said.probabilities.items(), key=lambda pair: -pair[1])
    shown = values[:TOLD] + [pair for pair in values[TOLD:] if pair[0] in example.labels]
    rows = [
        (f"{name} (true)" if name in example.labels else name, value, f"{value:.3f}") for name, value in shown
    ]
    return render(
        "classified.html",
        text=drawn(example.text, marks),
        pair=None if example.pair is None else drawn(example.pair, ()),
        bars=bars(rows),
    )
