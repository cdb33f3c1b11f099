"""Paragraphs of raw text from files of several kinds, one after another and never all at once."""

from __future__ import annotations

import csv
import gzip
import json
import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO

from nlpx.config.paths import require_file
from nlpx.errors import DataError
from nlpx.pretraining.config import TextSource
from nlpx.text.columns import BLANKS, TAG, is_marker, join_tokens, unit_of
from nlpx.text.encodings import guess_encoding
from nlpx.text.holdout import is_held_out

LONGEST = 20_000
"""Characters of a paragraph; a longer one comes in pieces."""

LOOK = 1 << 20
"""Bytes by which the encoding of a file is found out: the first so many that are not all ASCII."""

log = logging.getLogger("nlpx")

_SURROGATE = re.compile("[\ud800-\udfff]")
LONGEST_CELL = 10_000_000
"""Characters of a cell of a table; what is longer has a quote that nobody closed."""

COLUMN_LINES = 1000
"""First lines of a column file by which its columns are counted."""


def as_sources(texts: Sequence[Path | TextSource]) -> list[TextSource]:
    """The config's list with a section for each plain path."""
    return [one if isinstance(one, TextSource) else TextSource(path=one) for one in texts]


def named_paths(texts: Sequence[Path | TextSource]) -> dict[str, Path]:
    """The files and folders of a config by their key, without patterns."""
    named = ((f"data.texts.{number}", source.path) for number, source in enumerate(as_sources(texts)))
    return {key: path for key, path in named if not _is_pattern(path)}


def _is_pattern(path: Path) -> bool:
    return any(sign in str(path) for sign in "*?[") and not path.exists()


def files_of(source: TextSource) -> list[Path]:
    """The files that a path, a folder or a pattern means, sorted by name.

    Raises:
        DataError: there are none.
    """
    path = source.path
    if path.is_dir():
        found = [file for file in path.rglob("*") if file.is_file() and not _is_hidden(file, path)]
    elif _is_pattern(path):
        root = Path(path.anchor)
        found = [file for file in root.glob(str(path.relative_to(root))) if file.is_file()]
    else:
        found = [require_file(path)]
    if not found:
        raise DataError(f"{path}: there are no such files", "check the paths under data.texts in the config")
    return sorted(found)


def _is_hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def input_files(texts: Sequence[Path | TextSource]) -> dict[str, Path]:
    """Every file that is read, by a key for the manifest. Raises DataError as `files_of` does."""
    found: dict[str, Path] = {}
    for number, source in enumerate(as_sources(texts)):
        files = files_of(source)
        alone = len(files) == 1
        found |= {f"texts.{number}" if alone else f"texts.{number}.{i}": file for i, file in enumerate(files)}
    return found


def paragraphs(source: TextSource, most: int | None = None) -> Iterator[str]:
    """The texts of a source once, stripped; empty ones are left out, and those that its task judges by.

    Args:
        most: texts of each file, for a first look; None for all.

    Raises:
        DataError: a file is missing or not what its format says.
    """
    for path in files_of(source):
        found = (text for raw in _texts(path, source) if (text := _SURROGATE.sub("\ufffd", raw).strip()))
        for text in islice((text for text in found if not _judges(text, source)), most):
            yield from (text[start : start + LONGEST] for start in range(0, len(text), LONGEST))


def say_odd(source: TextSource) -> None:
    """Warn of what is likely a mistake: files without text, and objects that are read as text."""
    for path in files_of(source):
        if path.stat().st_size == 0:
            log.warning("%s: is empty", path)
        elif source.format == "text" and {".json", ".jsonl"} & set(map(str.lower, path.suffixes)):
            log.warning("%s: is read as text, braces and all; format: jsonl reads one key of each line", path)


def _judges(text: str, source: TextSource) -> bool:
    return source.without_holdout is not None and is_held_out(text, source.without_holdout)


def _texts(path: Path, source: TextSource) -> Iterator[str]:
    try:
        with _opened(path) as file:
            if source.format == "text":
                yield from iter(lambda: file.readline(LONGEST), "")
            elif source.format == "jsonl":
                yield from _of_json(file, path, source.field)
            elif source.format == "table":
                yield from _of_table(file, path, source.field)
            else:
                yield from _of_columns(file, first=source.first_character)
    except (OSError, EOFError, gzip.BadGzipFile, zlib.error, csv.Error) as error:
        raise DataError(f"{path}: cannot be read", "is it damaged?", [str(error)]) from error


def _opened(path: Path) -> IO[str]:
    encoding = _encoding(path)
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding=encoding, errors="replace", newline="\n")
    return path.open(encoding=encoding, errors="replace", newline="\n")


def _encoding(path: Path) -> str:
    """See `guess_encoding`; by the first piece of the file that tells."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        look = file.read(LOOK)
        while look.isascii() and (more := file.read(LOOK)):
            look = more
    whole = look if len(look) < LOOK else look[: look.rfind(b"\n") + 1]
    guess = guess_encoding(look if whole.isascii() else whole)  # one long line may follow short ones of ASCII
    if b"\0" in look and guess not in ("utf-16", "utf-32"):
        raise DataError(f"{path}: is no text; it holds NUL bytes", "leave it out of data.texts")
    return "utf-8-sig" if guess == "utf-8" else guess


def _of_json(file: IO[str], path: Path, field: str) -> Iterator[str]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)[field]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path}:{number}: is no JSON object with the key {field!r}") from error
        if text is None:
            continue
        if not isinstance(text, str):
            raise DataError(f"{path}:{number}: {field!r} is no string but {json.dumps(text)[:40]}")
        yield text


def _of_table(file: IO[str], path: Path, field: str) -> Iterator[str]:
    comma = ".csv" in map(str.lower, path.suffixes)
    csv.field_size_limit(LONGEST_CELL)
    rows = csv.reader(
        file, delimiter="," if comma else "\t", quoting=csv.QUOTE_MINIMAL if comma else csv.QUOTE_NONE
    )
    column = int(field) if field.isdecimal() else _column(next(rows, []), path, field)
    try:
        yield from (row[column] for row in rows if len(row) > column)
    except csv.Error as error:
        raise DataError(
            f"{path}:{rows.line_num}: {error}", "is a quote left open in a line before it?"
        ) from error


def _column(header: list[str], path: Path, field: str) -> int:
    names = [name.strip() for name in header]
    if field not in names:
        raise DataError(
            f"{path}: has no column {field!r}", f"name one of: {', '.join(names)}, as `field` of this text"
        )
    return names.index(field)


def _of_columns(file: IO[str], *, first: bool) -> Iterator[str]:
    """As the reader of sequence labeling puts tokens together, so that it knows the same texts again."""
    head = list(islice(file, COLUMN_LINES))
    columns = _columns(head)
    tokens: list[str] = []
    for line in chain(head, file):
        if line.strip(" \t\r\n"):
            if tokens or not (_is_comment(line, columns) or is_marker(line)):
                tokens.append(_token(line, first=first))
        elif tokens:
            yield join_tokens(tokens, unit_of(tokens))[0]
            tokens = []
    if tokens:
        yield join_tokens(tokens, unit_of(tokens))[0]


def _columns(lines: Sequence[str]) -> int:
    """How many columns most lines have."""
    rows = (_cells(line) for line in lines if line.strip(" \t\r\n") and not is_marker(line))
    return max(Counter(map(len, rows)).items(), key=lambda found: found[1], default=(1, 0))[0]


def _is_comment(line: str, columns: int) -> bool:
    """Whether a line before the first token of a text is none, as `# id = 7`; `# O` is a token and its tag."""
    cells = _cells(line)
    return line.startswith("#") and (
        len(cells) != columns or (columns > 1 and not TAG.fullmatch(cells[-1].strip()))
    )


def _token(line: str, *, first: bool) -> str:
    cells = _cells(line)
    return (cells[0][:1] if first else cells[0]) or " "


def _cells(line: str) -> list[str]:
    line = line.rstrip("\r\n")
    return line.split("\t") if "\t" in line else BLANKS.split(line)
