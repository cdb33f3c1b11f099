"""Options that several commands share, so that they read the same everywhere.

Defaults that are no values stand in the help without brackets, which rich would take for markup.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from nlpx.cli.completion import complete_run, complete_task
from nlpx.cli.logs import set_verbose


def _verbose(wanted: bool) -> None:
    if wanted:
        set_verbose(True)


TaskName = Annotated[
    str,
    typer.Argument(
        metavar="TASK",
        help="Name of the task: classification, entity_linking, sequence_labeling, or one of a package of yours.",
        autocompletion=complete_task,
        show_default=False,
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="The experiment's YAML file.", show_default=False),
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
RunName = Annotated[str | None, typer.Option("--name", "-n", help="Name of the run.", show_default=False)]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of all randomness.", show_default=False)]
Smoke = Annotated[bool, typer.Option("--smoke", help="A few batches of everything, end to end.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")]
Resume = Annotated[
    str | None,
    typer.Option(
        "--resume",
        metavar="RUN",
        help="Go on with an interrupted run, by default with its own config.",
        autocompletion=complete_run,
        show_default=False,
    ),
]
RunsDir = Annotated[
    Path | None,
    typer.Option(
        "--runs-dir",
        metavar="DIR",
        help="Folder of the runs; else $NLPX_RUNS, else ./runs.",
        show_default=False,
    ),
]
RunRef = Annotated[
    str,
    typer.Option(
        "--run",
        "-r",
        metavar="RUN",
        help="Which run: latest, best, v3, TASK/v3, its name, or a path.",
        autocompletion=complete_run,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace what --output names, where it is there.")]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Leave out and count bad lines of --input instead of stopping.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print results only.")]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", callback=_verbose, help="Log to stderr, and print tracebacks of bugs."),
]


def max_time_option(help: str) -> Any:
    """``--max-time 2h30m``."""
    return typer.Option("--max-time", metavar="2h30m", help=help, show_default=False)


def input_option(help: str) -> Any:
    """``--input FILE``: texts."""
    return typer.Option("--input", "-i", metavar="FILE", help=help, show_default=False)


def once(option: str, values: list[str]) -> str | None:
    """The value of an option that may be given once.

    Raises:
        UsageError: it is there twice, where a command line would silently take the last one.
    """
    if len(values) > 1:
        from nlpx.errors import UsageError

        raise UsageError(
            f"{option} is there {len(values)} times: {', '.join(values)}",
            "name one; several files go through a pipe",
        )
    return values[0] if values else None


def output_option(help: str, metavar: str = "FILE") -> Any:
    """``--output FILE``: where results go; with `Force` beside it."""
    return typer.Option("--output", "-o", metavar=metavar, help=help, show_default=False)


def data_option(help: str) -> Any:
    """``--data FILE``: a file in a format of the task."""
    return typer.Option("--data", "-d", metavar="FILE", help=help, show_default=False)
