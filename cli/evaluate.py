"""`nlpx evaluate`: score a finished run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from nlpx.cli.options import RunRef, RunsDir, Verbose, data_option


def evaluate_command(
    run: RunRef = "latest",
    data: Annotated[
        Path | None,
        data_option("A labelled file. By default the run's test, else dev split."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    runs_dir: RunsDir = None,
    verbose: Verbose = False,
) -> None:
    """Print precision, recall and F1 of a finished run, with 95 % bootstrap intervals over texts."""
    from nlpx.cli.found import found_run
    from nlpx.cli.show import show_metrics
    from nlpx.pipeline.evaluate import evaluate
    from nlpx.runs.atomic import plain

    found = found_run(runs_dir, run)
    task, title, metrics = evaluate(found, data)
    if as_json:
        typer.echo(json.dumps(plain(metrics), ensure_ascii=False, indent=2))
    else:
        show_metrics(f"{title}; scores in %", task.table(metrics), task.legend(metrics))
