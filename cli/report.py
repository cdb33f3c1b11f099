"""`nlpx report`: the page that shows what a run learnt and where it fails."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlpx.cli.options import Force, RunRef, RunsDir, Verbose, output_option


def report_command(
    run: RunRef = "latest",
    open_page: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    output: Annotated[
        str | None,
        output_option("Where the page goes; - is stdout. By default report.html in the run's folder."),
    ] = None,
    force: Force = False,
    runs_dir: RunsDir = None,
    verbose: Verbose = False,
) -> None:
    """Write the report page of a finished run: one HTML file that needs nothing else.

    Metrics, learning curves, errors by kind, calibration, and the examples that matter, wrong ones first.
    """
    from nlpx.cli.found import found_run
    from nlpx.cli.streams import STDIO, check_output, writing
    from nlpx.errors import UsageError
    from nlpx.pipeline.report import make_report, write_report

    if open_page and output == STDIO:
        raise UsageError("--open shows a file, and --output - writes none", "leave out one of them")
    found = found_run(runs_dir, run)
    check_output(output or STDIO, force=force)
    if output is None:
        path = write_report(found)
    else:
        page = make_report(found)
        with writing(output) as file:
            file.write(page)
        if output == STDIO:
            return
        path = Path(output)
    typer.echo(str(path))
    if open_page:
        _show(path)


def _show(path: Path) -> None:
    """Open the page, or say why that is left to the reader."""
    import webbrowser

    from nlpx.cli.console import say

    if not webbrowser.open(path.resolve().as_uri()):
        say(f"found no browser to open; the page is {path.resolve()}")
