"""The texts of a column file as they stand there: tokens put together, tags not yet read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from nlpx.tasks.sequence_labeling.formats.layout import Layout, strip_position
from nlpx.tasks.sequence_labeling.formats.lines import Source, encoding_problem, shorten
from nlpx.text.columns import TAG, Offsets, is_marker, join_tokens

Rows = list[Any]  # the columns of each line; None for a line that lacks some


class Sentence(NamedTuple):
    number: int  # 0-based among the file's texts, bad ones included
    line: int  # 1-based, of its first token
    doc: int | None
    text: str
    tokens: Offsets | None
    tags: list[str]


def sentences(source: Source, layout: Layout) -> Iterator[Sentence]:
    """The texts whose lines all have the wanted columns; the others go into the book of bad lines."""
    doc: int | None = None
    number = 0
    for line, block in _blocks(source.lines):
        rows: Rows = [row.split(layout.separator) for row in block]
        if set(map(len, rows)) != {layout.columns} or block[0][0] == "#":
            line, block, rows = _careful(line, block, layout)
        if rows and rows[0] is not None and is_marker(rows[0][layout.text]):
            doc = 0 if doc is None else doc + 1
            line, block, rows = line + 1, block[1:], rows[1:]
        if not rows:
            continue
        sentence = _sentence(source, layout, line, block, rows)
        if sentence is not None:
            yield sentence._replace(number=number, doc=doc)
        number += 1


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines between blank ones, each with the 1-based number of its first line."""
    start = 0
    for end in [position for position, line in enumerate(lines) if not line or line.isspace()]:
        if end > start:
            yield start + 1, lines[start:end]
        start = end + 1
    if start < len(lines):
        yield start + 1, lines[start:]


def _careful(line: int, block: list[str], layout: Layout) -> tuple[int, list[str], Rows]:
    """The rows of a block that has other separators, comments, markers or faults; None for a faulty row."""
    rows: Rows = [layout.fields(text) for text in block]
    while block and _is_comment(block[0], rows[0], layout):
        line, block, rows = line + 1, block[1:], rows[1:]
    if block and rows[0] is None and is_marker(block[0]):
        rows[0] = [block[0]] * layout.columns
    return line, block, rows


def _is_comment(text: str, row: list[str] | None, layout: Layout) -> bool:
    if not text.startswith("#"):
        return False
    return row is None or (layout.tag is not None and not TAG.fullmatch(row[layout.tag]))


def _sentence(source: Source, layout: Layout, line: int, block: list[str], rows: Rows) -> Sentence | None:
    """The text of a block; None, with its bad lines noted, where it can't be understood."""
    wanted = "1 column" if layout.columns == 1 else f"{layout.columns} columns"
    if None in rows:
        faulty = (position for position, row in enumerate(rows) if row is None)
        source.drop((line + at, f"wanted {wanted}, got {shorten(block[at])}") for at in faulty)
        return None
    tokens = [row[layout.text] or " " for row in rows]
    if layout.positions:
        tokens = [strip_position(token) for token in tokens]
    text, offsets = join_tokens(tokens, layout.unit)
    if encoding_problem(text):
        problems = ((line + at, encoding_problem(token)) for at, token in enumerate(tokens))
        source.drop((bad, why) for bad, why in problems if why)
        return None
    tags = [row[layout.tag] for row in rows] if layout.tag is not None else []
    return Sentence(0, line, None, text, offsets, tags)
