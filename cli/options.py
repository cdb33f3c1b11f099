"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlpx.cli.runs import complete_run
from nlpx.task import task_names


def complete_task(incomplete: str) -> list[str]:
    """Names of installed tasks that start with what was typed."""
    return [name for name in task_names() if name.startswith(incomplete)]


TaskName = Annotated[
    str, typer.Argument(metavar="TASK", help="Name of the task.", autocompletion=complete_task, show_default=False)
]
ConfigFile = Annotated[
    Path, typer.Option("--config", "-c", metavar="FILE", help="The experiment's YAML file.", show_default=False)
]
Sets = Annotated[
    list[str],
    typer.Option(
        "--set",
        "-S",
        metavar="KEY=VALUE",
        help="Override a key of the config, as in -S training.epochs=3. Repeatable.",
        show_default=False,
    ),
]
RunsDir = Annotated[
    Path | None,
    typer.Option("--runs-dir", metavar="DIR", help="Folder of the runs.  [default: $NLPX_RUNS or ./runs]"),
]
RunRef = Annotated[
    str,
    typer.Option(
        "--run",
        "-r",
        metavar="RUN",
        help="Which run: latest, best, v3, TASK/v3, or a path.",
        autocompletion=complete_run,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print results only.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print more, and tracebacks of bugs.")]
