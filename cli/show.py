"""What the commands print: tables at 80 columns on a terminal, plain text in a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from nlpx.runs.folder import REPORT_FILE

if TYPE_CHECKING:
    from nlpx.runs import Run


def show_metrics(title: str, rows: Sequence[Sequence[str]], legend: Sequence[str] = ()) -> None:
    """A table whose first row is the header; numbers are right-aligned. What its rows are goes to stderr, so that a
    pipe holds the table alone.
    """
    from nlpx.cli.console import say
    from nlpx.cli.tables import print_table

    print_table(rows[0], rows[1:], title=title, numbers=rows[0][1:], fold=rows[0][:1])
    for line in legend:
        say(line)


def show_plan(facts: Mapping[str, str]) -> None:
    """What `nlpx train --dry-run` says; long facts go on under their beginning."""
    from rich.table import Table
    from rich.text import Text

    from nlpx.cli.console import result_console

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in facts.items():
        table.add_row(Text(key), Text(value))
    console = result_console()
    with console.capture() as text:
        console.print(table, soft_wrap=False)
    for line in text.get().splitlines():
        typer.echo(line.rstrip())


def show_run(run: Run, *, quiet: bool) -> None:
    """The end of a training: the score of each split, and where everything is."""
    for line in _scores(run):
        typer.echo(line)
    if quiet:
        return
    typer.echo(f"run         {run.path}")
    if (run.path / REPORT_FILE).exists():
        typer.echo(f"report      {run.path / REPORT_FILE}  (nlpx report --open)")
    if (run.submission_dir / "check.json").exists():
        from nlpx.stats.units import texts

        check = run.read_json("submission/check.json")
        what = "of a smoke run, not to be uploaded" if check["smoke"] else "checked"
        typer.echo(f"submission  {run.submission_dir / check['file']}  ({texts(check['examples'])}, {what})")


def _scores(run: Run) -> Iterator[str]:
    from nlpx.pipeline.inference import task_of
    from nlpx.stats.units import bounds_text, score_text

    main, splits = (run.metrics()[key] for key in ("main", "splits"))
    if not splits:
        return
    name = main["metric"] if main else task_of(run).main_metric
    for split, metrics in splits.items():
        bounds = bounds_text(name, metrics.get("interval", {}).get(name))
        yield f"{split:<4} {name} {score_text(name, metrics[name])}  {bounds}".rstrip()
