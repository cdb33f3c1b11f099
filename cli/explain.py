"""`nlpx explain`: which units of a text made a trained run decide as it did."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nlpx.cli.options import (
    Force,
    RunRef,
    RunsDir,
    SkipBad,
    Verbose,
    data_option,
    input_option,
    once,
    output_option,
)


class Unit(StrEnum):
    """What gets a score."""

    auto = "auto"
    char = "char"
    word = "word"


GivenTexts = Annotated[
    list[str],
    typer.Option("--text", "-t", metavar="TEXT", help="Explain this text. Repeatable.", show_default=False),
]
Input = Annotated[
    list[str],
    input_option(
        "Text lines or JSON lines (- is stdin), or a table (.tsv, .csv). By default the run's dev split."
    ),
]
Methods = Annotated[
    list[str],
    typer.Option(
        "--method", "-m", metavar="NAME", help="How: a method's name, auto for the best, or all. Repeatable."
    ),
]
UnitName = Annotated[
    Unit,
    typer.Option("--unit", help="What gets a score; auto is what the model reads.", case_sensitive=False),
]
Target = Annotated[
    str,
    typer.Option(
        "--target", metavar="NAME", help="What to explain: predicted, gold, or the name of a class."
    ),
]
Output = Annotated[
    str | None,
    output_option(
        "A file (.jsonl, .html, .svg, .png), a folder for all of them, or - for JSON lines on stdout.", "PATH"
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        "-n",
        min=1,
        metavar="N",
        help="Only N texts: evenly spaced, or of --input the first ones (a table's evenly spaced, too).",
        show_default=False,
    ),
]
Evaluate = Annotated[
    bool,
    typer.Option(
        "--evaluate",
        help="Measure how good the maps of all methods are; the run's explanations/ keeps the figures.",
    ),
]


def explain_command(
    run: RunRef = "latest",
    text: GivenTexts = [],  # noqa: B006 - Typer needs a real default, and nothing changes it
    input: Input = [],  # noqa: B006 - Typer needs a real default, and nothing changes it
    data: Annotated[Path | None, data_option("A labelled file of the task.")] = None,
    method: Methods = ["auto"],  # noqa: B006 - as above
    unit: UnitName = Unit.auto,
    target: Target = "predicted",
    output: Output = None,
    force: Force = False,
    skip_bad: SkipBad = False,
    limit: Limit = None,
    evaluate: Evaluate = False,
    runs_dir: RunsDir = None,
    verbose: Verbose = False,
) -> None:
    """Show which words or characters made a finished run decide as it did.

    On a terminal a heat map: orange speaks for what was decided, blue against it.
    """
    from nlpx.cli.explain_run import evaluate_run, explain_run
    from nlpx.cli.explain_texts import Wanted
    from nlpx.cli.found import found_run

    wanted = Wanted(
        tuple(text),
        once("--input", input),
        data,
        tuple(method),
        unit.value,
        target,
        output,
        limit,
        force=force,
        skip_bad=skip_bad,
    )
    wanted.check(evaluate=evaluate)
    found = found_run(runs_dir, run)
    (evaluate_run if evaluate else explain_run)(found, wanted)
