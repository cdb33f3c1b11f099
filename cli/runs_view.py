"""How `nlpx runs` and its sub-commands look."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from nlpx.cli.tables import print_table
from nlpx.runs.atomic import human_size, plain
from nlpx.runs.compare import compare, scores, summary
from nlpx.runs.diff import MISSING
from nlpx.runs.folder import REPORT_FILE
from nlpx.runs.render import MISSING_MARK, difference_text, duration, score_text, value_text
from nlpx.runs.run import Run

if TYPE_CHECKING:
    from pandas import DataFrame

SHOWN_LIBRARIES = ("keras", "tensorflow", "tensorflow-cpu", "jax", "numpy")


def show_leaderboard(table: DataFrame, root: Path) -> None:
    """A table per task and dev texts, best run first."""
    if table.empty:
        where = f"in {root}" if root.is_dir() else f"yet, and no folder {root}"
        typer.echo(f"no runs {where}; start one with: nlpx train TASK --config FILE")
    for number, (about, rows) in enumerate(table.groupby(["task", "data"], sort=False)):
        if number:
            typer.echo()
        _show_table(" · ".join(part for part in about if part), rows.to_dict(orient="records"))


def _show_table(title: str, rows: list[dict[str, Any]]) -> None:
    metrics = list(dict.fromkeys(row["metric"] for row in rows if row["metric"]))
    shared = metrics[0] if len(metrics) == 1 else "metric"
    cells = [
        (
            f"v{row['version']}",
            row["name"] or MISSING_MARK,
            local_time(row["created"]),
            row["status"],
            score_text(row) + (f" {row['metric']}" if len(metrics) > 1 and row["metric"] else ""),
            duration(row["seconds"]),
            difference_text(row),
        )
        for row in rows
    ]
    columns = ("run", "name", "when", "status", shared, "time", "differs from best")
    print_table(columns, cells, title=title, numbers=("time",), fold=("name", "differs from best"))


def local_time(time: Any, pattern: str = "%m-%d %H:%M") -> str:
    """A time of a manifest on the clock of whoever reads it."""
    try:
        return datetime.fromisoformat(time).astimezone().strftime(pattern)
    except (TypeError, ValueError):
        return MISSING_MARK


def describe(run: Run) -> str:
    """A run in one line, for a question."""
    size = sum(file.stat().st_size for file in run.path.rglob("*") if file.is_file())
    return f"{run.task}/{run.path.name} ({run.status()}, {human_size(size)})"


def show_run(run: Run, *, as_json: bool) -> None:
    """Facts, then scores, then what is wrong with it."""
    found = summary(run)
    if as_json:
        typer.echo(to_json(found))
        return
    typer.echo(f"{run.task}/{run.path.name}  {run.status()}")
    facts = list(_facts(found))
    for key, value in facts:
        typer.echo(f"  {key:<9} {value}")
    if numbers := scores(run):
        typer.echo()
        shown = {key: value for key, value in numbers.items() if _is_plain(key)}
        print_table(
            ("metric", "value"), [(key, number(value)) for key, value in shown.items()], numbers=("value",)
        )
        _say_left_out(len(numbers) - len(shown))
    for line in found["problems"]:
        typer.echo(f"  ! {line}")


def _facts(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "folder", found["path"]
    report = Path(found["path"]) / REPORT_FILE
    if report.exists():
        yield "report", str(report)
    facts = found["manifest"]
    if facts is None:
        return
    yield "started", local_time(facts.get("created"), "%Y-%m-%d %H:%M:%S")
    yield "command", str(facts.get("command", MISSING_MARK))
    yield "seed", str(facts.get("seed", MISSING_MARK))
    yield "code", ", ".join([f"nlpx {facts.get('nlpx', '?')}", *_commits(facts.get("git"))])
    libraries = facts.get("libraries") or {}
    versions = [f"{name} {libraries[name]}" for name in SHOWN_LIBRARIES if name in libraries]
    yield "versions", ", ".join([f"Python {facts.get('python', '?')}", *versions])
    yield (
        "machine",
        f"{facts.get('host')}, {facts.get('cores')} cores, {facts.get('device') or 'device unknown'}",
    )
    if facts["stages"]:
        yield "time", ", ".join(f"{name} {duration(seconds)}" for name, seconds in facts["stages"].items())
    yield "memory", f"{human_size(1e6 * (facts.get('peak_memory_mb') or 0))} at most"
    for key, file in facts["inputs"].items():
        yield "input", f"{key}: {file.get('path')} ({human_size(file.get('size') or 0)})"


def _commits(states: Any) -> list[str]:
    if not isinstance(states, Mapping):
        return []
    return [f"git {state['commit'][:10]}{' (dirty)' if state['dirty'] else ''}" for state in states.values()]


def show_diff(a: Run, b: Run, *, as_json: bool) -> None:
    """Config, origin and scores of two runs, side by side."""
    found = compare(a, b)
    if as_json:
        typer.echo(to_json({part: [_pair(*item) for item in items] for part, items in found.items()}))
        return
    columns = (a.path.name, b.path.name)
    for part in ("config", "origin"):
        cells = [(key, value_text(old), value_text(new)) for key, old, new in found[part]]
        if cells:
            print_table((part, *columns), cells, fold=(part, *columns))
        else:
            typer.echo(f"{part}: no difference")
        typer.echo()
    shown = [item for item in found["metrics"] if _is_plain(item[0])]
    rows = [(key, number(old), number(new), _change(old, new)) for key, old, new in shown]
    print_table(("metric", *columns, "change"), rows, numbers=(*columns, "change"), fold=("metric",))
    _say_left_out(len(found["metrics"]) - len(shown))


def _is_plain(key: str) -> bool:
    """Whether a score is one of a whole split: ``dev.f1``."""
    return key.count(".") == 1


def _say_left_out(count: int) -> None:
    if count:
        typer.echo(
            f"and {count} more, per label, stage and slice: --json shows all, nlpx evaluate the most of it"
        )


def _pair(key: str, old: Any, new: Any) -> dict[str, Any]:
    pair = {"key": key}
    if old is not MISSING:
        pair["a"] = old
    if new is not MISSING:
        pair["b"] = new
    return pair


def _change(old: float | None, new: float | None) -> str:
    if old is None or new is None:
        return MISSING_MARK
    return f"{new - old:+.4f}" if isinstance(new - old, float) else f"{new - old:+d}"


def number(value: float | None) -> str:
    """A score with four decimals, a count as it is, ``-`` for nothing."""
    if value is None:
        return MISSING_MARK
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def to_json(value: Any) -> str:
    """Indented JSON for other programs."""
    return json.dumps(plain(value), ensure_ascii=False, indent=2, default=str)
