"""How `nlpx runs` looks: a table per task and dev texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from nlpx.cli.tables import local_time, print_table
from nlpx.runs.atomic import human_size
from nlpx.runs.render import MISSING_MARK, difference_text, duration, score_of, score_text
from nlpx.runs.run import Run

if TYPE_CHECKING:
    from pandas import DataFrame


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
    """Runs that were judged by several metrics tell each its own; one that all share heads the column."""
    scored = [row for row in rows if row["value"] is not None]
    metrics = list(dict.fromkeys(row["metric"] for row in scored))
    units = list(dict.fromkeys(score_of(row).unit for row in scored))
    unit = f" {units[0]}".rstrip() if len(units) == 1 else ""
    names = (
        ("metric", f"score{unit}") if len(metrics) > 1 else (f"{metrics[0] if metrics else 'score'}{unit}",)
    )
    cells = [
        (
            f"v{row['version']}",
            row["name"] or MISSING_MARK,
            local_time(row["created"]),
            row["status"],
            *((row["metric"] or MISSING_MARK,) if len(metrics) > 1 else ()),
            score_text(row),
            duration(row["seconds"]),
            difference_text(row),
        )
        for row in rows
    ]
    columns = ("run", "name", "when", "status", *names, "time", "differs from best")
    alike = all(row["status"] == "finished" for row in rows)
    print_table(
        columns,
        cells,
        title=title,
        numbers=("time",),
        fold=("name", "differs from best"),
        spare=("when", *(("status",) if alike else ()), "time"),
    )


def describe(run: Run) -> str:
    """A run in one line, for a question."""
    size = sum(file.stat().st_size for file in run.path.rglob("*") if file.is_file())
    return f"{run.task}/{run.path.name} ({run.status()}, {human_size(size)})"
