"""`nlpx explain`: which units of a text made a trained run decide as it did."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nlpx.cli.options import RunRef, RunsDir, Verbose


class Unit(StrEnum):
    """What gets a score."""

    auto = "auto"
    char = "char"
    word = "word"


def explain_command(
    run: RunRef = "latest",
    text: Annotated[
        str | None,
        typer.Option("--text", "-t", metavar="TEXT", help="Explain this text.", show_default=False),
    ] = None,
    input: Annotated[
        str | None,
        typer.Option(
            "--input",
            "-i",
            metavar="FILE",
            help="Text lines or JSON lines (- is stdin), or a table (.tsv, .csv). By default the run's dev split.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", "-d", metavar="FILE", help="A labelled file of the task.", show_default=False),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            "--method", "-m", metavar="NAME", help="How: a method's name, auto for the best, or all."
        ),
    ] = "auto",
    unit: Annotated[
        Unit,
        typer.Option("--unit", help="What gets a score; auto is what the model reads.", case_sensitive=False),
    ] = Unit.auto,
    target: Annotated[
        str,
        typer.Option(
            "--target", metavar="NAME", help="What to explain: predicted, gold, or the name of a class."
        ),
    ] = "predicted",
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="A file (.jsonl, .html, .svg, .png), a folder for all of them, or - for JSON lines on stdout.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            "-n",
            min=1,
            metavar="N",
            help="Only N texts: evenly spaced, or of --input the first ones (a table's evenly spaced, too).",
            show_default=False,
        ),
    ] = None,
    evaluate: Annotated[
        bool,
        typer.Option(
            "--evaluate",
            help="Measure how good the maps of all methods are; the run's explanations/ keeps the figures.",
        ),
    ] = False,
    runs_dir: RunsDir = None,
    verbose: Verbose = False,
) -> None:
    """Show which words or characters made a finished run decide as it did.

    On a terminal a heat map: orange speaks for what was decided, blue against it.
    """
    from nlpx.cli.explain_run import Wanted, evaluate_run, explain_run
    from nlpx.runs import RunStore

    wanted = Wanted(text, input, data, method, unit.value, target, output, limit)
    wanted.check(evaluate=evaluate)
    found = RunStore(runs_dir).find(run)
    (evaluate_run if evaluate else explain_run)(found, wanted)
