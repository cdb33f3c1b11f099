"""`nlpx data`: look at the data of a config."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlpx.cli.options import Sets, Verbose

app = typer.Typer(name="data", no_args_is_help=True, help="Look at the data of a config.")


@app.command("check")
def check_command(
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG", help="The experiment's YAML file.", show_default=False)
    ],
    sets: Sets = [],  # noqa: B006 - Typer needs a real default, and nothing changes it
    verbose: Verbose = False,
) -> None:
    """Verify every file that a config names, and count what is odd in them.

    Published files are compared with their known size and sha256. Leaves with 4 if a file is missing, and says
    where to get it, or if one differs.
    """
    from nlpx.cli.tables import print_table
    from nlpx.config.load import find_task, load
    from nlpx.errors import DataError
    from nlpx.pipeline.data_check import BAD, check
    from nlpx.task import get_task, task_names

    kind = get_task(find_task(config, task_names(), sets=sets))
    rows = check(kind(load(config, kind.Config, sets=sets).config))
    print_table(("what", "found", ""), rows, fold=("what", "found"))
    bad = [row for row in rows if row[2] in BAD]
    if bad:
        todo = "get the official ones, or take these as they are: training does not look at this"
        files = "1 file is" if len(bad) == 1 else f"{len(bad)} files are"
        raise DataError(f"{files} not the official one", todo, [f"{key}: {fact}" for key, fact, _ in bad])


@app.callback()
def group() -> None:
    """Look at the data of a config."""
