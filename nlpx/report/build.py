"""A run, and what its model says about a split, as one page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from nlpx.report import facts
from nlpx.report.content import Judged, Section
from nlpx.report.examples import example_list
from nlpx.report.history import read_history
from nlpx.report.plots import curves
from nlpx.report.templating import columns, environment, render, table
from nlpx.runs import Run
from nlpx.runs.scores import Score, is_smoke, parse
from nlpx.task import Task


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


def _task_sections(source: Source) -> Sequence[Section]:
    if source.judged is None:
        return []
    page = source.task.page(source.judged)
    return [*page.sections, *example_list(source.task, source.judged, page)]


def _policy() -> str:
    """What the page may do: run its own script and nothing else, and load nothing."""
    script = str(environment().get_template("script.js").render()).encode()
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
