"""`nlpx predict`: label new texts, or a split of the run, with a trained run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from nlpx.cli.options import RunRef, RunsDir, Verbose

if TYPE_CHECKING:
    from nlpx.runs import Run

STDIO = "-"


def predict_command(
    run: RunRef = "latest",
    input: Annotated[
        str | None,
        typer.Option(
            "--input",
            "-i",
            metavar="FILE",
            help="Text lines or JSON lines; - is stdin. By default the run's test, else dev split.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where JSON lines go; - is stdout. By default stdout, or for a split the run's predictions/.",
            show_default=False,
        ),
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out and count bad JSON lines instead of stopping.")
    ] = False,
    runs_dir: RunsDir = None,
    verbose: Verbose = False,
) -> None:
    """Predict with a finished run: the newest one on its test (else dev) split, or any texts.

    Input is read and output written piece by piece, so that it works in a pipe and on files of any length.
    """
    from nlpx.runs import RunStore

    found = RunStore(runs_dir).find(run)
    if input is None:
        _predict_split(found, output)
    else:
        _predict_input(found, input, output or STDIO, skip_bad=skip_bad)


def _predict_split(run: Run, output: str | None) -> None:
    from nlpx.cli.streams import writing
    from nlpx.pipeline.inference import final_split, open_run, predict_records, to_line, write_predictions

    task, predictor = open_run(run)
    split, examples = final_split(task)
    records = predict_records(task, predictor, examples)
    if output is None:
        typer.echo(str(write_predictions(run, split, records)))
        return
    with writing(output) as file:
        file.writelines(map(to_line, records))


def _predict_input(run: Run, input: str, output: str, *, skip_bad: bool) -> None:
    from nlpx.cli.streams import check_input, is_dialogue, reading, writing
    from nlpx.pipeline.inference import CHUNK, open_run, predict_records, to_line

    check_input(input)
    task, predictor = open_run(run)
    bad: list[str] = []
    with reading(input) as lines, writing(output) as file:
        examples = task.stream(
            lines, source="stdin" if input == STDIO else input, on_bad=bad.append if skip_bad else None
        )
        # Somebody who types wants an answer to every line; all others are faster in chunks.
        for record in predict_records(task, predictor, examples, 1 if is_dialogue(input) else CHUNK):
            file.write(to_line(record))
        file.flush()
    _report_skipped(bad)


def _report_skipped(bad: list[str], shown: int = 3) -> None:
    from nlpx.cli.console import say

    if not bad:
        return
    say(f"left out {len(bad):,} bad line{'s' if len(bad) > 1 else ''}:")
    for line in bad[:shown]:
        say(f"  {line}")
    if len(bad) > shown:
        say(f"  … and {len(bad) - shown:,} more")
