"""How `nlpx runs show` looks: one run in full."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from nlpx.cli.tables import local_time, print_facts, print_table, to_json
from nlpx.runs.atomic import human_size
from nlpx.runs.compare import is_of_split, scores, summary
from nlpx.runs.folder import REPORT_FILE
from nlpx.runs.provenance import code, libraries
from nlpx.runs.render import MISSING_MARK, duration
from nlpx.runs.run import Run
from nlpx.stats.units import score_text


def show_run(run: Run, *, as_json: bool) -> None:
    """Facts, then scores, then what is wrong with it."""
    found = summary(run)
    if as_json:
        typer.echo(to_json(found))
        return
    typer.echo(f"{run.task}/{run.path.name}  {run.status()}")
    print_facts(_facts(found))
    if numbers := scores(run):
        typer.echo()
        shown = [(key, score_text(key, value)) for key, value in numbers.items() if is_of_split(key)]
        print_table(("metric", "value"), shown, numbers=("value",))
        say_left_out(len(numbers) - len(shown))
    for line in found["problems"]:
        typer.echo(f"  ! {line}")


def say_left_out(count: int) -> None:
    """How many scores a table is too short for, and where they are."""
    if count:
        typer.echo(f"and {count} more, per label, stage and slice: --json has all")


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
    # The manifest knows the seed when the run is finished, the config from the start.
    seed = facts.get("seed")
    yield "seed", str((found["config"] or {}).get("seed", MISSING_MARK) if seed is None else seed)
    yield "code", code(facts)
    yield "versions", ", ".join([f"Python {facts.get('python', '?')}", *libraries(facts)])
    device = f", {facts['device']}" if facts.get("device") else ""
    yield "machine", f"{facts.get('host')}, {facts.get('cores')} cores{device}"
    if facts["stages"]:
        yield "time", ", ".join(f"{name} {duration(seconds)}" for name, seconds in facts["stages"].items())
    yield "memory", f"{human_size(1e6 * (facts.get('peak_memory_mb') or 0))} at most"
    for key, file in facts["inputs"].items():
        yield "input", f"{key}: {file.get('path')} ({human_size(file.get('size') or 0)})"
