"""TSV and CSV, with or without a header. In CSV a quoted cell may span lines; in TSV a quote is a quote."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any, Literal

from nlpx.errors import DataError
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.formats.columns import find_columns, guess_roles, looks_like_header
from nlpx.tasks.classification.formats.encodings import read_text
from nlpx.tasks.classification.formats.source import Source, checked_text, labels_of
from nlpx.text.lines import BadLine

if TYPE_CHECKING:
    import pandas

TOO_MANY = "\0cells\0"
"""Marks a row with more cells than the first one; no text of a table holds a NUL."""


def read_tsv(source: Source) -> list[Example]:
    return _read(source, "\t")


def read_csv(source: Source) -> list[Example]:
    return _read(source, ",")


def _read(source: Source, separator: str) -> list[Example]:
    text, source.report.encoding = read_text(source.path, source.options.encoding)
    table = _parsed(text, separator, source)
    header = _has_header(table, source)
    if header:
        table.columns = [str(name) for name in table.iloc[0]]
        table = table.iloc[1:]
    roles = _roles(table, source, header=header)
    source.report.columns = roles
    source.report.labelled = "label" in roles
    if "label" in roles and roles["label"] == roles["text"]:
        raise DataError(f"{source.path}: text and label are the same column", "Name them in data.")
    return _examples(table, roles, source, first=2 if header else 1)


def _parsed(text: str, separator: str, source: Source) -> pandas.DataFrame:
    try:
        return parse(text, separator)
    except ValueError as error:
        raise DataError(
            f"{source.path}: is no table: {error}",
            "Look for a quote that is never closed, or name data.format.",
        ) from None


def parse(text: str, separator: str) -> pandas.DataFrame:
    """All rows as strings, the first one too; a row with too many cells has `TOO_MANY` in its first one.

    Raises:
        ValueError: a quote is never closed.
    """
    import pandas

    csv.field_size_limit(max(len(text), csv.field_size_limit()))  # a long review may be a cell
    text = text.replace("\r\n", "\n").replace("\0", "\ufffd")
    quoting: Literal[0, 3] = csv.QUOTE_NONE if separator == "\t" else csv.QUOTE_MINIMAL
    if quoting == csv.QUOTE_MINIMAL and _is_open(text, separator):
        raise ValueError("a quote is never closed")
    width = len(next(csv.reader(StringIO(text), delimiter=separator, quoting=quoting)))
    try:
        table = pandas.read_csv(
            StringIO(text),
            sep=separator,
            quoting=quoting,
            header=None,
            names=[str(number) for number in range(width)],
            index_col=False,
            dtype=object,
            na_filter=False,
            skip_blank_lines=False,
            engine="python",
            on_bad_lines=lambda cells: [TOO_MANY + str(len(cells)), *cells[1:width]],
        )
    except (csv.Error, pandas.errors.ParserError) as error:
        raise ValueError(str(error)) from None
    return table.fillna("")


def _is_open(text: str, separator: str) -> bool:
    """Whether the last cell is still open at the end, so that it has swallowed rows; only a strict reader tells."""
    try:
        for _ in csv.reader(StringIO(text), delimiter=separator, strict=True):
            pass
    except csv.Error as error:
        return "end of data" in str(error)
    return False


def _has_header(table: pandas.DataFrame, source: Source) -> bool:
    options = source.options
    if options.header is not None:
        return options.header
    return looks_like_header([str(cell) for cell in table.iloc[0]], options)


def _roles(table: pandas.DataFrame, source: Source, *, header: bool) -> dict[str, str]:
    options, where = source.options, str(source.path)
    names = [str(name) for name in table.columns]
    if len(set(names)) < len(names):
        raise DataError(f"{where}: two columns have the same name: {', '.join(names)}", "Rename one.")
    if header or options.text is not None:
        return find_columns(names, options, where)
    return guess_roles({name: list(table[name]) for name in names}, where)


def _examples(table: pandas.DataFrame, roles: dict[str, str], source: Source, first: int) -> list[Example]:
    examples = []
    rows = table[list(roles.values())].itertuples(index=False, name=None)
    marks = table.iloc[:, 0].tolist()
    for number, row in enumerate(rows):
        cells = dict(zip(roles, row, strict=True))
        line = first + number
        if not any(cells.values()):
            continue  # a blank line
        try:
            if str(marks[number]).startswith(TOO_MANY):
                raise BadLine(f"wanted {table.shape[1]} cells, got {marks[number][len(TOO_MANY) :]}")
            examples.append(_example(cells, str(number), source, line))
        except BadLine as error:
            source.drop(line, str(error))
    return examples


def _example(cells: dict[str, Any], number: str, source: Source, line: int) -> Example:
    labels = labels_of(cells["label"], source.options) if "label" in cells else ()
    pair = checked_text(cells["pair"]) if "pair" in cells else None
    id = str(cells.get("id") or number)
    return Example(id, checked_text(cells["text"]), labels, pair, source=source.place(line))
