"""JSON lines: `{"text": …, "label": …}` under any names, among them CLUE's `sentence`, `sentence1`, `sentence2`.

`"rationale": [[start, end], …]` may say which characters of the text are the reason.
"""

from __future__ import annotations

import json
from typing import Any

from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.formats.columns import find_columns
from nlpx.tasks.classification.formats.encodings import read_text
from nlpx.tasks.classification.formats.source import Source, checked_text, labels_of
from nlpx.text.lines import BadLine, shorten

Row = dict[str, Any]


def read_json(source: Source) -> list[Example]:
    text, source.report.encoding = read_text(source.path, source.options.encoding)
    rows: list[tuple[int, Row]] = []
    for line, content in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if content.strip():
            try:
                rows.append((line, parse_object(content)))
            except BadLine as error:
                source.drop(line, str(error))
    if not rows:
        return []
    names = list(dict.fromkeys(key for _, row in rows for key in row))
    roles = find_columns(names, source.options, str(source.path))
    source.report.columns = roles
    source.report.labelled = "label" in roles
    examples = []
    for index, (line, row) in enumerate(rows):
        try:
            examples.append(example_of(row, roles, index, source, line))
        except BadLine as error:
            source.drop(line, str(error))
    return examples


def parse_object(line: str) -> Row:
    """The JSON object on a line."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine(f"no JSON object: {shorten(line)}") from None
    if not isinstance(row, dict):
        raise BadLine(f"no JSON object: {shorten(line)}")
    return row


def example_of(row: Row, roles: dict[str, str], index: int, source: Source, line: int) -> Example:
    """One object as an example; BadLine says what is wrong with it."""
    text = checked_text(row.get(roles["text"]))
    pair = checked_text(row.get(roles["pair"]), "second text") if "pair" in roles else None
    labels = labels_of(row.get(roles["label"]), source.options) if "label" in roles else ()
    id = row.get(roles["id"], index) if "id" in roles else index
    if isinstance(id, bool) or not isinstance(id, (str, int)):
        raise BadLine(f"the id is neither a string nor an integer: {shorten(id)}")
    return Example(str(id), text, labels, pair, rationale_of(row, text), source.place(line))


def rationale_of(row: Row, text: str) -> list[tuple[int, int]] | None:
    """The marked spans of an object, in reading order; None where it has none."""
    given = row.get("rationale")
    if given is None:
        return None
    try:
        spans = sorted((start, end) for start, end in given)
        fit = all(type(s) is type(e) is int and 0 <= s < e <= len(text) for s, e in spans)
    except (TypeError, ValueError):
        fit = False
    if not fit:
        raise BadLine(f"'rationale' holds no spans of a text of {len(text)} characters: {shorten(given)}")
    return spans
