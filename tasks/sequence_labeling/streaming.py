"""Texts to predict, one after the other in constant memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from nlpx.errors import DataError
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.formats.json_lines import BadLine, id_of, parse_object, tokens_from
from nlpx.tasks.sequence_labeling.formats.lines import encoding_problem
from nlpx.tasks.sequence_labeling.formats.text import tokens_of

OBJECT = re.compile(r'\s*\{\s*["}]')


def stream(
    lines: Iterable[str],
    *,
    unit: str = "char",
    source: str = "input",
    on_bad: Callable[[str], None] | None = None,
) -> Iterator[Example]:
    """Examples without labels from text lines or from JSON lines.

    The first line that is not blank decides: a JSON object with a "text" makes all lines JSON (blank ones are
    passed over), otherwise every line is a text, blank ones too. Ids default to the 0-based line number.

    Args:
        on_bad: told about each bad line, which is left out.

    Raises:
        DataError: at a bad line, where there is no `on_bad`.
    """
    tokens = tokens_of(unit)
    is_json, numbered = _decide(_bare(lines))
    for index, line in numbered:
        if is_json and not line.strip():
            continue
        place = f"{source}:{index + 1}"
        try:
            row = parse_object(line) if is_json else _text_row(line)
            yield Example(id_of(row, index), row["text"], [], tokens_from(row, tokens), place)
        except BadLine as error:
            if on_bad is None:
                todo = "Correct the line, or leave it out with --skip-bad."
                raise DataError(f"{place}: {error}", todo) from None
            on_bad(f"{place}: {error}")


def _bare(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Numbered lines without their ends and without a byte order mark."""
    for index, raw in enumerate(lines):
        line = raw.rstrip("\r\n")
        yield index, line if index else line.removeprefix("\ufeff")


def _decide(numbered: Iterator[tuple[int, str]]) -> tuple[bool, Iterator[tuple[int, str]]]:
    """Whether the lines are JSON, and all of them again."""
    looked_at = []
    for index, line in numbered:
        looked_at.append((index, line))
        if line.strip():
            return _is_json_text(line), chain(looked_at, numbered)
    return False, iter(looked_at)


def _is_json_text(line: str) -> bool:
    try:
        return bool(OBJECT.match(line)) and bool(parse_object(line))
    except BadLine:
        return False


def _text_row(line: str) -> dict[str, str]:
    if encoding_problem(line):
        raise BadLine(encoding_problem(line))
    return {"text": line}
