"""What the JSON line formats share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import orjson

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.report import Source
from nlpx.text.lines import BadLine, BadLines, encoding_problem, shorten

Row = dict[str, Any]

Made = TypeVar("Made", Example, Entity)


def parse_row(line: str) -> Row:
    """The JSON object on a line; all its strings can be written as UTF-8."""
    try:
        row = orjson.loads(line)
    except ValueError:  # and what only the standard library takes, such as NaN
        row = _parse_slowly(line)
    if not isinstance(row, dict):
        raise BadLine(f"no JSON object: {shorten(line)}")
    return row


def _parse_slowly(line: str) -> Any:
    try:
        row = json.loads(line)
        problem = encoding_problem(line + json.dumps(row, ensure_ascii=False))
    except (ValueError, RecursionError):
        raise BadLine(f"no JSON object: {shorten(line)}") from None
    if problem:
        raise BadLine(problem)
    return row


def string(row: Row, key: str) -> str:
    """A string of a row."""
    value = row.get(key)
    if not isinstance(value, str):
        raise BadLine(f"no string under {key!r}: {shorten(row)}")
    return value


def whole(value: object, what: str) -> int:
    """A whole number that may be written as a string, as offsets and ids are."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    if type(value) is not int or value < 0:
        raise BadLine(f"{what} is no whole number: {shorten(value)}")
    return value


def identifier(value: object, what: str) -> str:
    """An id as a string."""
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        raise BadLine(f"{what} is no id: {shorten(value)}")
    return str(value)


def strings(row: Row, key: str) -> list[str]:
    """The strings of a list; one string counts as a list of it, a missing key or null as an empty one."""
    given = row.get(key)
    given = [] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
        raise BadLine(f"{key!r} is no list of strings: {shorten(given)}")
    return given


def objects(row: Row, key: str) -> list[Row]:
    """The objects of a list; a missing key or null counts as an empty one."""
    given = row.get(key)
    given = [] if given is None else given
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise BadLine(f"{key!r} is no list of objects: {shorten(given)}")
    return given


def read_rows(source: Source, example_of: Callable[[Row, int], Example]) -> list[Example]:
    """The examples of a JSON lines file; blank lines are passed over, bad ones and repeated ids dropped.

    Args:
        example_of: makes an example of a row and its 0-based number; raises BadLine.
    """
    examples: list[Example] = []

    def make(line: str) -> Example:
        return example_of(parse_row(line), len(examples))

    for number, example in _distinct(source.lines, make, source.drop):
        example.source = source.place(number)
        examples.append(example)
    return examples


def read_entities(path: Path, entity_of: Callable[[str], Entity]) -> Iterator[Entity]:
    """The entities of a file with one a line, lazily; blank lines are passed over.

    Raises:
        DataError: after the last line, where lines can't be understood or ids repeat; names the first ones.
    """
    bad = BadLines()
    for _, entity in _distinct(lines_of(path), entity_of, bad.add):
        yield entity
    if bad.count:
        listed = bad.error(str(path))
        raise DataError(listed.what, "Correct these lines or remove them.", listed.details)


def _distinct(
    lines: Iterable[str], make: Callable[[str], Made], drop: Callable[[int, str], None]
) -> Iterator[tuple[int, Made]]:
    """What is made of each line that is not blank, with its number; `drop` hears of bad lines and repeated ids."""
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        try:
            made = make(line)
            if made.id in seen:
                raise BadLine(f"id {shorten(made.id)} is already that of line {seen[made.id]}")
        except BadLine as error:
            drop(number, str(error))
            continue
        seen[made.id] = number
        yield number, made


def lines_of(path: Path) -> Iterator[str]:
    """The lines of a file one by one, without BOM and line ends; bytes that are no UTF-8 as lone surrogates."""
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
            for line in file:
                yield line.rstrip("\r\n")
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror})", "Name a readable file.") from None
