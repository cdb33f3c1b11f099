"""`nlpx predict`: label new texts, or a split of the run, with a trained run."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer

from nlpx.cli.options import RunRef, RunsDir

STDIO = "-"


def predict_command(
    run: RunRef = "latest",
    input: Annotated[
        str | None,
        typer.Option("--input", "-i", metavar="FILE", help="Text lines or JSON lines; - is stdin.", show_default=False),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="JSON lines; - is stdout.", show_default=False),
    ] = None,
    runs_dir: RunsDir = None,
) -> None:
    """Predict with a finished run: the newest one on its test (else dev) split, or any texts.

    Input is read and output written line by line, so that it works in a pipe and on files of any length.
    """
    from nlpx.errors import UsageError
    from nlpx.pipeline.inference import open_run, predict_lines, predict_split
    from nlpx.runs import RunStore

    found = RunStore(runs_dir).find(run)
    if input is None:
        path = predict_split(found)
        if output is not None:
            with _writing(output) as file, path.open(encoding="utf-8") as lines:
                file.writelines(lines)
        else:
            typer.echo(str(path))
        return
    if input != STDIO and not Path(input).is_file():
        raise UsageError(f"there is no input file {input}", "give a file of text lines or JSON lines, or - for stdin")
    task, predictor = open_run(found)
    with _reading(input) as lines, _writing(output or STDIO) as file:
        for record in predict_lines(task, predictor, lines):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
        file.flush()


@contextmanager
def _reading(name: str) -> Iterator[IO[str]]:
    """Lines of UTF-8 text; undecodable bytes become U+FFFD rather than a traceback in the middle of a pipe."""
    if name == STDIO:
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        yield sys.stdin
        return
    with Path(name).open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        yield file


@contextmanager
def _writing(name: str) -> Iterator[IO[str]]:
    from nlpx.runs.atomic import atomic_writer

    if name == STDIO:
        yield sys.stdout
        return
    with atomic_writer(Path(name)) as file:
        yield file
