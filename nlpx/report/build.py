"""A run, and what its model says about a split, as one page."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from nlpx.explain.explainer import Explainer
from nlpx.explain.html import CSS
from nlpx.report import facts
from nlpx.report.content import Item, Judged, Section
from nlpx.report.examples import example_list, plain_items
from nlpx.report.history import read_history
from nlpx.report.plots import curves
from nlpx.report.ranking import chosen
from nlpx.report.saliency import Maps, explainer_of, maps_of, word_maps, word_method
from nlpx.report.templating import columns, environment, render, table
from nlpx.report.words import importance, words_of
from nlpx.runs import Run
from nlpx.runs.scores import Score, is_smoke, parse
from nlpx.task import Task

log = logging.getLogger("nlpx")


@dataclass(frozen=True)
class Source:
    """What a page is made from.

    Attributes:
        run: its config, manifest and history are read from its folder.
        task: of the run.
        metrics: as metrics.json has them.
        judged: the split whose examples are shown; None where there is none.
        notes: what is missing from the page, and why.
    """

    run: Run
    task: Task[Any, Any]
    metrics: Mapping[str, Any]
    judged: Judged | None = None
    notes: list[str] = field(default_factory=list)


def build(source: Source) -> str:
    """The page as HTML; the same source gives the same text.

    Raises:
        RunError: a file of the run is missing or damaged.
    """
    run, known, smoke = source.run, source.run.manifest.facts, is_smoke(source.run)
    config = run.config()
    score = parse(source.metrics.get("main"))
    page = render(
        "page.html",
        title=f"{run.ref}{f' {run.name}' if run.name else ''}",
        run=run,
        smoke=smoke,
        score=score,
        interval=_interval(score),
        notes=source.notes,
        model=facts.model(known, config),
        files=facts.files(known),
        counts=facts.counts(known),
        stages=facts.stages(known),
        versions=facts.versions(known),
        command=known.get("command", ""),
        commands=facts.commands(run, known, smoke=smoke),
        config=run.read_text("config.yaml"),
        sections=[*_own_sections(source), *_task_sections(source)],
        policy=_policy(),
        heat=Markup(CSS),
    )
    # What UTF-8 cannot hold is shown as its code.
    return page.encode("utf-8", "backslashreplace").decode()


def _interval(score: Score | None) -> str:
    if score is None or score.low is None or score.high is None:
        return ""
    return f"95 % interval {score.low:.4f} to {score.high:.4f}"


def _own_sections(source: Source) -> Iterator[Section]:
    """What every task has: its metrics and its learning curves."""
    if metrics := _metrics(source):
        yield Section("metrics", "Metrics", metrics)
    if drawn := _curves(source.run):
        yield Section("curves", "Learning curves", drawn)


def _metrics(source: Source) -> Markup:
    tables = []
    for split, scores in source.metrics.get("splits", {}).items():
        header, *rows = source.task.table(scores)
        tables.append((split, table(header, rows, numbers=columns(header, rows), caption=split)))
    return render("metrics.html", tables=tables)


def _curves(run: Run) -> Markup:
    history = read_history(run)
    plots = []
    if history.losses:
        plots.append(curves("loss", "Training loss", history.losses))
    if history.scores:
        plots.append(curves("scores", "Scores on dev", history.scores, best=True))
    if not history.rows:
        return Markup()
    rows = [[_cell(values[row]) for values in history.columns.values()] for row in range(history.rows)]
    header = list(history.columns)
    return render("curves.html", plots=plots, table=table(header, rows, numbers=range(len(header))))


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _task_sections(source: Source) -> Iterator[Section]:
    """What the task has to say, the words that speak for its classes, and the examples."""
    judged, task = source.judged, source.task
    if judged is None:
        return
    page = task.page(judged)
    yield from page.sections
    items = page.items or plain_items(task, judged)
    shown = chosen(items)
    words, maps = _explained(task, judged, shown)
    yield from words
    if items:
        yield example_list(items, shown, judged, page.legend, maps)


def _explained(task: Task[Any, Any], judged: Judged, shown: Sequence[Item]) -> tuple[list[Section], Maps]:
    """The words that decide, and the maps of examples; a failure costs no more than these."""
    explainer = explainer_of(task, judged)
    if isinstance(explainer, str):
        return [], Maps(why_none=explainer)
    try:
        return list(_words(explainer, judged)), maps_of(explainer, judged, shown)
    except Exception as error:  # noqa: BLE001 - the rest of the page stands without
        log.warning("no saliency in the report: %s: %s", type(error).__name__, error)
        return [], Maps(why_none=f"they ended in {type(error).__name__}: {error}")


def _words(explainer: Explainer, judged: Judged) -> Iterator[Section]:
    found = list(word_maps(explainer, judged))
    if not (body := importance(words_of(found))):
        return
    lede = (
        f"The mean share of a word in the maps of {len(found):,} decisions about texts of {judged.split}, by"
        f" {word_method(explainer)[0].name}: above zero it speaks for the class that was predicted, below against it."
    )
    yield Section("words", "Words that decide", body, lede)


def _policy() -> str:
    """What the page may do: run its own script and nothing else, and load nothing."""
    script = str(environment().get_template("script.js").render()).encode()
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
