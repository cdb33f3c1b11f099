"""`nlpx predict`: label new texts, or a split of the run, with a trained run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from nlpx.cli.options import Force, RunRef, RunsDir, SkipBad, Verbose, input_option, once, output_option

if TYPE_CHECKING:
    from nlpx.pipeline.inference import Record
    from nlpx.runs import Run
    from nlpx.task import Task

TITLE = 300
"""Characters of a text above the table that explains its links."""


Input = Annotated[
    list[str],
    input_option(
        "Text lines or JSON lines; - is stdin. Tables (.csv, .tsv), column files and other formats of the task are "
        "told by ending and content. By default the run's test, else dev split."
    ),
]
Output = Annotated[
    str | None,
    output_option(
        "Where JSON lines go; - is stdout. By default stdout, or for a split the run's predictions/."
    ),
]


def predict_command(
    run: RunRef = "latest",
    input: Input = [],  # noqa: B006 - Typer needs a real default, and nothing changes it
    output: Output = None,
    force: Force = False,
    skip_bad: SkipBad = False,
    explain_links: Annotated[
        bool,
        typer.Option(
            "--explain-links",
            help="Print a table per text: mentions, candidates, scores, and what was dropped.",
        ),
    ] = False,
    runs_dir: RunsDir = None,
    verbose: Verbose = False,
) -> None:
    """Predict with a finished run: the newest one on its test (else dev) split, or any texts.

    Input is read and output written piece by piece, so that it works in a pipe and on files of any length.
    """
    from nlpx.cli.console import say
    from nlpx.cli.found import found_run
    from nlpx.cli.streams import STDIO, check_output

    source = once("--input", input)
    found = found_run(runs_dir, run)
    if explain_links:
        _refuse_without_links(found)
    check_output(output or STDIO, force=force)
    if source is None:
        _predict_split(found, output, explain=explain_links, force=force)
    else:
        _predict_input(found, source, output or STDIO, skip_bad=skip_bad, explain=explain_links)
    if output is not None and output != STDIO:
        say(output)


def _refuse_without_links(run: Run) -> None:
    from nlpx.errors import UsageError
    from nlpx.runs.folder import PRETRAINING
    from nlpx.task import Task, get_task

    if run.task != PRETRAINING and get_task(run.task).explain is Task.explain:
        raise UsageError(f"{run.task} has no links to explain", "nlpx explain shows what decided")


def _predict_split(run: Run, output: str | None, *, explain: bool, force: bool) -> None:
    from nlpx.cli.streams import STDIO, writing
    from nlpx.pipeline.inference import final_split, looked_at, open_run, predict_records, write_predictions

    task, predictor = open_run(run)
    split, examples = final_split(task)
    examples = looked_at(run, task, examples)
    if output is None and not explain and not force:
        _refuse_other_data(run, task)
    records = predict_records(task, predictor, examples)
    if output is None and not explain:
        typer.echo(str(write_predictions(run, split, records)))
        return
    with writing(output or STDIO) as file:
        _write(records, file, task if explain else None)


def _refuse_other_data(run: Run, task: Task[Any, Any]) -> None:
    """Predictions of a run are those that its scores are about."""
    from nlpx.errors import DataError

    if changed := run.changed_inputs(task.input_files()):
        raise DataError(
            f"the data are not those that {run.ref} was trained and judged on",
            "write elsewhere with --output FILE, or replace the run's predictions with --force",
            changed,
        )


def _write(records: Iterable[Record], file: IO[str], explained_by: Task[Any, Any] | None) -> None:
    """JSON lines, or the table of each text."""
    from nlpx.cli.tables import print_table, printable
    from nlpx.pipeline.inference import to_line

    for record in records:
        if explained_by is None:
            file.write(to_line(record))
            continue
        rows = explained_by.explain(record)
        text = record["text"]
        title = f"{record['id']}  {text[:TITLE]}{'…' if len(text) > TITLE else ''}"
        if len(rows) == 1:
            file.write(f"{printable(title)}\n(no mention found)\n")
            continue
        print_table(
            rows[0], rows[1:], title=title, numbers=("score",), fold=("because",), cut=("name",), file=file
        )
    file.flush()


def _predict_input(run: Run, input: str, output: str, *, skip_bad: bool, explain: bool) -> None:
    from nlpx.cli.streams import (
        STDIO,
        check_input,
        is_dialogue,
        reading,
        say_skipped,
        unless_all_bad,
        writing,
    )
    from nlpx.pipeline.given import is_data_file, read_given
    from nlpx.pipeline.inference import CHUNK, open_run, predict_records

    check_input(input)
    task, predictor = open_run(run)
    if input != STDIO and is_data_file(Path(input)):
        whole = read_given(task, Path(input), skip_bad=skip_bad)
        with writing(output) as file:
            _write(predict_records(task, predictor, whole), file, task if explain else None)
        return
    bad: list[str] = []
    with reading(input) as lines, writing(output) as file:
        examples = task.stream(
            lines, source="stdin" if input == STDIO else input, on_bad=bad.append if skip_bad else None
        )
        # Somebody who types wants an answer to every line; all others are faster in chunks.
        left = unless_all_bad(examples, bad)
        records = predict_records(task, predictor, left, 1 if is_dialogue(input) else CHUNK)
        _write(records, file, task if explain else None)
    say_skipped(bad)
