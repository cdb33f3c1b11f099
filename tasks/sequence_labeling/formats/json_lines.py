"""What the JSON line formats share: objects with a text and an id, one a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.formats.lines import Source, encoding_problem, shorten
from nlpx.tasks.sequence_labeling.formats.text import tokens_of
from nlpx.text.columns import Offsets
from nlpx.text.lines import BadLine
from nlpx.text.spans import Span


def parse_object(line: str) -> dict[str, Any]:
    """The JSON object on a line, its `text` checked."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine(f"no JSON object: {shorten(line)}") from None
    if not isinstance(row, dict):
        raise BadLine(f"no JSON object: {shorten(line)}")
    text = row.get("text")
    if not isinstance(text, str):
        raise BadLine(f"no string under 'text': {shorten(line)}")
    problem = encoding_problem(text)
    if problem:
        raise BadLine(problem)
    return row


def id_of(row: dict[str, Any], index: int) -> str:
    """The row's id as a string, else the 0-based number of the text."""
    given = row.get("id", index)
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        raise BadLine(f"'id' is neither a string nor an integer: {shorten(given)}")
    return str(given)


def span_of(text: str, start: object, end: object, label: object) -> Span:
    """A span checked against its text."""
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        raise BadLine(
            f"no span of a text of {len(text)} characters: start {shorten(start)}, end {shorten(end)}"
        )
    if not isinstance(label, str) or not label or encoding_problem(label):
        raise BadLine(f"no label: {shorten(label)}")
    return Span(start, end, label)


def tokens_from(row: dict[str, Any], default: Callable[[str], Offsets | None]) -> Offsets | None:
    """The row's own token offsets, `"tokens": [[start, end], …]`, in reading order, else the default."""
    given = row.get("tokens")
    if given is None:
        return default(row["text"])
    if not isinstance(given, list):
        raise BadLine(f"'tokens' is no list: {shorten(given)}")
    tokens: Offsets = []
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2:
            raise BadLine(f"no token [start, end]: {shorten(pair)}")
        start, end, _ = span_of(row["text"], pair[0], pair[1], "token")
        if tokens and start < tokens[-1][1]:
            raise BadLine(f"tokens overlap or are out of order at {shorten(pair)}")
        tokens.append((start, end))
    return tokens


def read_objects(source: Source, key: str, spans_of: Callable[[dict[str, Any]], list[Span]]) -> list[Example]:
    """The examples of a JSON lines file; `spans_of` reads what every line or no line has under `key`."""
    unit = "char" if source.unit == "auto" else source.unit
    source.report.unit = unit
    tokens = tokens_of(unit)
    examples: list[Example] = []
    seen: dict[str, int] = {}
    unlabelled: list[tuple[int, str]] = []
    for index, (number, line) in enumerate(_filled(source.lines)):
        try:
            row = parse_object(line)
            id = id_of(row, index)
            if id in seen:
                raise BadLine(f"id {shorten(id)} is already that of line {seen[id]}")
            spans = spans_of(row) if key in row else []
            examples.append(Example(id, row["text"], spans, tokens_from(row, tokens), source.place(number)))
        except BadLine as error:
            source.drop([(number, str(error))])
            continue
        seen[id] = number
        if key not in row:
            unlabelled.append((number, id))
    source.report.labelled = len(unlabelled) < len(examples)
    return _only_labelled(source, key, examples, unlabelled) if source.report.labelled else examples


def _filled(lines: list[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line and not line.isspace())


def _only_labelled(
    source: Source, key: str, examples: list[Example], unlabelled: list[tuple[int, str]]
) -> list[Example]:
    for number, _ in unlabelled:
        source.drop([(number, f"no {key!r}, which other lines have")])
    missing = {id for _, id in unlabelled}
    return [example for example in examples if example.id not in missing] if missing else examples
