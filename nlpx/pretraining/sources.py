"""Paragraphs of raw text from files of several kinds, one after another and never all at once."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from nlpx.config.paths import require_file
from nlpx.errors import DataError
from nlpx.pretraining.config import TextSource
from nlpx.text.holdout import is_held_out

LONGEST = 20_000
"""Characters of a paragraph; a longer line is read in pieces."""

LOOK = 1 << 20
"""Bytes by which the encoding of a file is found out."""


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
        found = [file for file in path.rglob("*") if file.is_file() and not file.name.startswith(".")]
    elif _is_pattern(path):
        root = Path(path.anchor)
        found = [file for file in root.glob(str(path.relative_to(root))) if file.is_file()]
    else:
        found = [require_file(path)]
    if not found:
        raise DataError(f"{path}: there are no such files", "check the paths under data.texts in the config")
    return sorted(found)


def input_files(texts: Sequence[Path | TextSource]) -> dict[str, Path]:
    """Every file that is read, by a key for the manifest. Raises DataError as `files_of` does."""
    found: dict[str, Path] = {}
    for number, source in enumerate(as_sources(texts)):
        files = files_of(source)
        alone = len(files) == 1
        found |= {f"texts.{number}" if alone else f"texts.{number}.{i}": file for i, file in enumerate(files)}
    return found


def paragraphs(source: TextSource, most: int | None = None) -> Iterator[str]:
    """The texts of a source, stripped; empty ones are left out.

    Args:
        most: paragraphs of each file, for a first look; None for all.

    Raises:
        DataError: a file is missing or not what its format says.
    """
    for _ in range(source.repeat):
        for path in files_of(source):
            found = (text for line in _texts(path, source) if (text := line.strip()))
            left = (text for text in found if not _judges(text, source))
            yield from left if most is None else (text for text, _ in zip(left, range(most), strict=False))


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
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: cannot be read", "is it damaged?", [str(error)]) from error


def _opened(path: Path) -> IO[str]:
    encoding = _encoding(path)
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding=encoding, errors="replace", newline="\n")
    return path.open(encoding=encoding, errors="replace", newline="\n")


def _encoding(path: Path) -> str:
    """UTF-8 where the beginning of the file is, GB18030 where it is not."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        start = file.read(LOOK)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:  # else it is the last character that is cut
            return "gb18030"
    return "utf-8-sig"


def _of_json(file: IO[str], path: Path, field: str) -> Iterator[str]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)[field]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path}:{number}: is no JSON object with the key {field!r}") from error
        yield str(text)


def _of_table(file: IO[str], path: Path, field: str) -> Iterator[str]:
    comma = ".csv" in path.suffixes
    rows = csv.reader(
        file, delimiter="," if comma else "\t", quoting=csv.QUOTE_MINIMAL if comma else csv.QUOTE_NONE
    )
    column = int(field) if field.isdecimal() else _column(next(rows, []), path, field)
    yield from (row[column] for row in rows if len(row) > column)


def _column(header: list[str], path: Path, field: str) -> int:
    names = [name.strip() for name in header]
    if field not in names:
        raise DataError(
            f"{path}: has no column {field!r}", f"name one of: {', '.join(names)}, as `field` of this text"
        )
    return names.index(field)


def _of_columns(file: IO[str], *, first: bool) -> Iterator[str]:
    tokens: list[str] = []
    for line in file:
        cells = line.split()
        if cells:
            tokens.append(cells[0][:1] if first else cells[0])
        elif tokens:
            yield "".join(tokens)
            tokens = []
    if tokens:
        yield "".join(tokens)
