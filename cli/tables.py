"""Tables on stdout: drawn on a terminal, plain aligned text in a pipe or a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any

PIPE_WIDTH = 100_000
"""Nothing is folded or cut where another program reads."""
ROOM = 30
"""Cells in which a folded column can be read."""
GAP = 2
"""Cells between two columns of a drawn table: the padding, and the place of a line that is not drawn."""
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))}


def printable(text: str) -> str:
    """The text with control characters written out, so that no text can steer the terminal; tabs and lines stay."""
    return text.translate(_CONTROLS)


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "",
    numbers: Sequence[str] = (),
    fold: Sequence[str] = (),
    cut: Sequence[str] = (),
    spare: Sequence[str] = (),
    file: IO[str] | None = None,
    **console_options: Any,
) -> None:
    """Print rows under a header.

    Args:
        columns: the header.
        rows: cells; anything with a `str`.
        title: a line above the table.
        numbers: columns to align to the right.
        fold: columns that may be folded over several lines on a narrow terminal.
        cut: columns that get a third of a terminal at most and end in "…" there.
        spare: columns that a narrow terminal goes without, in this order, to leave room for those that are folded.
        file: where to; stdout if None.
        console_options: for rich's Console, such as `width`.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from nlpx.cli.console import ResultConsole

    console = ResultConsole(file=file or sys.stdout, highlight=False, **console_options)
    drawn = console.is_terminal
    if not drawn:
        console.width = PIPE_WIDTH
    cells = [[printable(str(cell)) for cell in row] for row in rows]
    if drawn:
        columns, cells = _without_spare(columns, cells, spare, fold, console.width)
    padding = (0, 1 if drawn else 2, 0, 0)
    table = Table(box=box.SIMPLE_HEAD if drawn else None, show_edge=False, pad_edge=False, padding=padding)
    for name in columns:
        table.add_column(
            name,
            justify="right" if name in numbers else "left",
            no_wrap=name not in fold,
            overflow="fold" if name in fold else "ellipsis",
            max_width=console.width // 3 if name in cut else None,
        )
    for row in cells:
        table.add_row(*map(Text, row))
    if title:
        console.print(Text(printable(title), style="bold"))
    with console.capture() as text:
        console.print(table)
    for line in text.get().splitlines():
        console.file.write(line.rstrip() + "\n")


def _without_spare(
    columns: Sequence[str], rows: list[list[str]], spare: Sequence[str], fold: Sequence[str], width: int
) -> tuple[Sequence[str], list[list[str]]]:
    """The table without as many of its spare columns as it takes to leave ROOM cells to each that may be folded."""
    from rich.cells import cell_len

    for name in spare:
        wanted = [max(map(cell_len, cells)) for cells in zip(columns, *rows, strict=True)]
        least = [
            min(ROOM, size) if column in fold else size for column, size in zip(columns, wanted, strict=True)
        ]
        if sum(least) + GAP * (len(least) - 1) <= width:
            break
        at = columns.index(name)
        columns = [*columns[:at], *columns[at + 1 :]]
        rows = [[*row[:at], *row[at + 1 :]] for row in rows]
    return columns, rows


def print_facts(
    facts: Iterable[tuple[str, str]], *, file: IO[str] | None = None, **console_options: Any
) -> None:
    """Print what belongs to which key; on a terminal a long value goes on below its beginning.

    Args:
        file, console_options: as for `print_table`.
    """
    from rich.table import Table
    from rich.text import Text

    from nlpx.cli.console import ResultConsole

    console = ResultConsole(file=file or sys.stdout, highlight=False, **console_options)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in facts:
        table.add_row(Text(f"  {key}"), Text(printable(value)))
    with console.capture() as text:
        console.print(table)
    for line in text.get().splitlines():
        console.file.write(line.rstrip() + "\n")


def local_time(time: Any, pattern: str = "%m-%d %H:%M") -> str:
    """A time of a manifest on the clock of whoever reads it; ``-`` for none."""
    try:
        return datetime.fromisoformat(time).astimezone().strftime(pattern)
    except (TypeError, ValueError):
        return "-"


def to_json(value: Any) -> str:
    """Indented JSON for other programs."""
    from nlpx.runs.atomic import plain

    return json.dumps(plain(value), ensure_ascii=False, indent=2, default=str)
