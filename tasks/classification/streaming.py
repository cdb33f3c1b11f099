"""Texts to classify, one after the other in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nlpx.errors import DataError
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.formats.columns import find_columns
from nlpx.tasks.classification.formats.json_lines import example_of, parse_object
from nlpx.tasks.classification.formats.source import ReadOptions, Source, checked_text
from nlpx.text.lines import BadLine


def stream(
    lines: Iterable[str],
    options: ReadOptions | None = None,
    *,
    paired: bool = False,
    source: str = "input",
    on_bad: Callable[[str], None] | None = None,
) -> Iterator[Example]:
    """Examples without labels from text lines or from JSON lines; labels in them are passed over.

    The first line that is not blank decides: a JSON object makes all lines JSON (blank ones are passed over),
    otherwise every line is a text, blank ones too. Ids default to the 0-based line number.

    Args:
        options: names of the keys in JSON lines.
        paired: every text is a pair; in text lines a tab separates them. JSON lines may hold pairs in any case.
        on_bad: told about each bad line, which is left out.

    Raises:
        DataError: at a bad line, where there is no `on_bad`.
    """
    book = Source(Path(source), options or ReadOptions())
    is_json: bool | None = None
    for index, raw in enumerate(lines):
        line = raw.rstrip("\r\n")
        line = line if index else line.removeprefix("\ufeff")
        if is_json is None and line.strip():
            is_json = _is_object(line)
        if is_json and not line.strip():
            continue
        try:
            yield _json(line, index, book, paired) if is_json else _text(line, index, book, paired)
        except (BadLine, DataError) as error:
            what = error.what if isinstance(error, DataError) else f"{source}:{index + 1}: {error}"
            if on_bad is None:
                raise DataError(what, "Correct the line, or leave it out with --skip-bad.") from None
            on_bad(what)


def _is_object(line: str) -> bool:
    try:
        return bool(parse_object(line))
    except BadLine:
        return False


def _json(line: str, index: int, book: Source, paired: bool) -> Example:
    row = parse_object(line)
    roles = find_columns(list(row), book.options, f"{book.path}:{index + 1}")
    roles.pop("label", None)
    if paired and "pair" not in roles:
        raise BadLine("wanted a pair of texts, got one")
    return example_of(row, roles, index, book, index + 1)


def _text(line: str, index: int, book: Source, paired: bool) -> Example:
    text, tab, second = checked_text(line).partition("\t") if paired else (checked_text(line), "", None)
    if paired and not tab:
        raise BadLine("wanted a pair of texts with a tab between them, got one text")
    return Example(str(index), text, pair=second, source=book.place(index + 1))
