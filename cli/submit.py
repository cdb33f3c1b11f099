"""`nlpx submit`: check a run's submission file, or write and check it for another file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlpx.cli.options import RunRef, RunsDir


def submit_command(
    run: RunRef = "latest",
    data: Annotated[
        Path | None,
        typer.Option("--data", "-d", metavar="FILE", help="Texts to submit.  [default: the run's test, else dev]"),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="FILE", help="Only check this file instead of writing one."),
    ] = None,
    runs_dir: RunsDir = None,
) -> None:
    """Write the submission of a finished run and check it as the competition would.

    Leaves with 6 and the first bad lines if the file would be refused.
    """
    from nlpx.pipeline.submit import submit
    from nlpx.runs import RunStore

    found = RunStore(runs_dir).find(run)
    path, count = submit(found, data=data, existing=check)
    typer.echo(f"{path}: {count} texts, accepted")
