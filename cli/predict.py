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

STDIO = "-"

DATA_SUFFIXES = frozenset({".csv", ".tsv", ".xlsx", ".bio", ".bioes", ".bmes", ".bmeso", ".iob", ".conll"})
"""Files that are no lines of texts; the task's own reader knows their columns."""

TITLE = 300
"""Characters of a text above the table that explains its links."""


Input = Annotated[
    list[str],
    input_option(
        "Text lines or JSON lines; - is stdin. Tables (.csv, .tsv, .xlsx) and column files (.bio, .conll) are read "
        "like the run's own data. By default the run's test, else dev split."
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
    from nlpx.cli.streams import check_output

    source = once("--input", input)
    found = found_run(runs_dir, run)
    check_output(output or STDIO, force=force)
    if source is None:
        _predict_split(found, output, explain=explain_links)
    else:
        _predict_input(found, source, output or STDIO, skip_bad=skip_bad, explain=explain_links)
    if output is not None and output != STDIO:
        say(output)


def _predict_split(run: Run, output: str | None, *, explain: bool) -> None:
    from nlpx.cli.streams import writing
    from nlpx.pipeline.inference import final_split, open_run, predict_records, write_predictions

    task, predictor = open_run(run)
    split, examples = final_split(task)
    records = predict_records(task, predictor, examples)
    if output is None and not explain:
        typer.echo(str(write_predictions(run, split, records)))
        return
    with writing(output or STDIO) as file:
        _write(records, file, task if explain else None)


def _write(records: Iterable[Record], file: IO[str], explained_by: Task[Any, Any] | None) -> None:
    """JSON lines, or the table of each text."""
    from nlpx.cli.tables import print_table, printable
    from nlpx.errors import UsageError
    from nlpx.pipeline.inference import to_line

    for record in records:
        if explained_by is None:
            file.write(to_line(record))
            continue
        rows = explained_by.explain(record)
        if not rows:
            raise UsageError(
                f"{explained_by.name} has no links to explain", "nlpx explain shows what decided"
            )
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
    from nlpx.cli.streams import check_input, is_dialogue, reading, say_skipped, unless_all_bad, writing
    from nlpx.pipeline.inference import CHUNK, open_run, predict_records, read_given

    check_input(input)
    task, predictor = open_run(run)
    if Path(input).suffix.lower() in DATA_SUFFIXES:
        whole = read_given(task, Path(input))
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
