"""The sections that every run has, whatever its task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from nlpx.report.content import Section
from nlpx.report.history import Curve, History, read_history
from nlpx.report.plots import curves
from nlpx.report.templating import columns, render, table
from nlpx.runs import Run
from nlpx.runs.diff import flatten
from nlpx.stats.units import score_text
from nlpx.task import Task

FIRST_ROWS = 12
"""Rows of a table of metrics that are shown at once."""


def own_sections(run: Run, task: Task[Any, Any], metrics: Mapping[str, Any]) -> Iterator[Section]:
    """Its metrics and its learning curves, where it has them."""
    if drawn := _metrics(task, metrics):
        yield Section("metrics", "Metrics", drawn)
    history = read_history(run)
    if history.rows:
        curved = bool(history.losses or history.scores)
        yield Section("curves", "Learning curves" if curved else "Training", _curves(history))


def _metrics(task: Task[Any, Any], metrics: Mapping[str, Any]) -> Markup:
    tables = []
    for split, scores in metrics.get("splits", {}).items():
        header, *rows = _rows(task, scores)
        numbers = columns(header, rows)
        first, rest = rows[:FIRST_ROWS], rows[FIRST_ROWS:]
        tables.append(
            (
                split,
                table(header, first, numbers=numbers, caption=f"{split}, scores in %"),
                table(header, rest, numbers=numbers) if rest else "",
                len(rest),
            )
        )
    found = list(metrics.get("splits", {}).values())
    return render("metrics.html", tables=tables, legend=_legend(task, found[0]) if found else ())


def _legend(task: Task[Any, Any], scores: Mapping[str, Any]) -> Sequence[str]:
    try:
        return task.legend(scores)
    except (KeyError, TypeError, ValueError):  # as in `_rows`
        return ()


def _rows(task: Task[Any, Any], scores: Mapping[str, Any]) -> Sequence[Sequence[str]]:
    """The task's table; the plain numbers where another version of nlpx measured other things."""
    try:
        return task.table(scores)
    except (KeyError, TypeError, ValueError):
        numbers = {key: value for key, value in flatten(scores).items() if isinstance(value, int | float)}
        return [("metric", "value"), *((key, score_text(key, value)) for key, value in numbers.items())]


def _curves(history: History) -> Markup:
    plots = []
    if history.losses:
        plots.append(curves("loss", "Training loss", history.losses))
    if history.scores:
        scores = {name: _in_percent(values) for name, values in history.scores.items()}
        plots.append(curves("scores", "Scores on dev, in %", scores, best=True))
    shown = _shown(history)
    rows = [[_cell(values[row]) for values in shown.values()] for row in range(history.rows)]
    header = list(shown)
    return render("curves.html", plots=plots, table=table(header, rows, numbers=range(len(header))))


def _shown(history: History) -> dict[str, Curve]:
    """All columns, scores in per cent."""
    scores = history.scores
    return {
        f"{name}, %" if name in scores else name: _in_percent(values) if name in scores else values
        for name, values in history.columns.items()
    }


def _in_percent(values: Curve) -> Curve:
    return [None if value is None else 100 * value for value in values]


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
