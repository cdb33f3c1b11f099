"""What the commands print: tables at 80 columns on a terminal, plain text in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlpx.runs import Run


def show_metrics(title: str, rows: Sequence[Sequence[str]]) -> None:
    """A table whose first row is the header; numbers are right-aligned."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for i, name in enumerate(rows[0]):
        table.add_column(name, justify="left" if i == 0 else "right")
    for row in rows[1:]:
        table.add_row(*row)
    Console(highlight=False).print(table)


def show_plan(facts: Mapping[str, str]) -> None:
    """What `nlpx train --dry-run` says."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    width = max(map(len, facts))
    for key, value in facts.items():
        console.print(f"{key:<{width}}  {value}", markup=False)


def show_run(run: Run, *, quiet: bool) -> None:
    """The end of a training: the one number, and where everything is."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    metrics = run.read_json("metrics.json")
    main = metrics["main"]
    if main:
        low_high = "  [{:.4f}, {:.4f}]".format(*main["interval"]) if main["interval"] else ""
        console.print(f"{main['split']} {main['metric']} {main['value']:.4f}{low_high}", markup=False)
    if quiet:
        return
    console.print(f"run         {run.path}", markup=False)
    for file in sorted(run.submission_dir.iterdir()):
        if file.name != "check.json":
            console.print(f"submission  {file}  (checked)", markup=False)
