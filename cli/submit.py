"""`nlpx submit`: write a submission file and check it, or check one that is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlpx.cli.options import RunRef, RunsDir, Verbose, data_option


def submit_command(
    run: RunRef = "latest",
    data: Annotated[
        Path | None,
        data_option("Texts to submit. By default the run's test, else dev split."),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(
            "--check", metavar="FILE", help="Only check this file instead of writing one.", show_default=False
        ),
    ] = None,
    runs_dir: RunsDir = None,
    verbose: Verbose = False,
) -> None:
    """Write the submission of a finished run and check it as the competition would.

    Leaves with 6 and the first bad lines if the file would be refused.
    """
    from nlpx.cli.found import found_run
    from nlpx.pipeline import submit
    from nlpx.stats.units import texts

    found = found_run(runs_dir, run, ": nothing to upload")
    if check is not None:
        path, count = check, submit.check(found, check, data)
    else:
        path, count = submit.submit(found, data)
    typer.echo(f"{path}: {texts(count)}, accepted by the rules of {found.ref}")
