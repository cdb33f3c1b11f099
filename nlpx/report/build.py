"""A run, and what its model says about a split, as one page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from nlpx.explain.html import CSS
from nlpx.report import facts
from nlpx.report.content import Judged, Section
from nlpx.report.examples import example_list, plain_items
from nlpx.report.explained import explained
from nlpx.report.own_sections import own_sections
from nlpx.report.ranking import chosen
from nlpx.report.templating import environment, render
from nlpx.runs import Run
from nlpx.runs.scores import Score, is_smoke, parse
from nlpx.stats.units import score_number, score_text
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
        value=score and score_text(score.metric, score.value),
        interval=_interval(score),
        notes=source.notes,
        model=facts.model(run, known, config),
        files=facts.files(known),
        counts=facts.counts(known, source.judged),
        stages=facts.stages(known),
        versions=facts.versions(known),
        command=known.get("command", ""),
        commands=facts.commands(run, known, smoke=smoke),
        config=run.read_text("config.yaml"),
        sections=[*own_sections(source.run, source.task, source.metrics), *_task_sections(source)],
        policy=_policy(),
        heat=Markup(CSS),
    )
    # What UTF-8 cannot hold is shown as its code.
    return page.encode("utf-8", "backslashreplace").decode()


def _interval(score: Score | None) -> str:
    if score is None or score.low is None or score.high is None:
        return ""
    low, high = (score_number(score.metric, bound) for bound in (score.low, score.high))
    return f"95 % interval {low} to {high}"


def _task_sections(source: Source) -> Iterator[Section]:
    """What the task has to say, the words that speak for its classes, and the examples."""
    judged, task = source.judged, source.task
    if judged is None:
        return
    page = task.page(judged)
    yield from page.sections
    items = page.items or plain_items(task, judged)
    shown = chosen(items)
    words, maps = explained(task, judged, shown, page.target)
    yield from words
    if items:
        yield example_list(items, shown, judged, page, maps)


def _policy() -> str:
    """What the page may do: run its own script and nothing else, and load nothing."""
    script = str(environment().get_template("script.js").render()).encode()
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
