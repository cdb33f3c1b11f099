"""Pretrained vectors of characters or words, from word2vec/fastText text files or npz archives."""

from __future__ import annotations

import gzip
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile

import numpy as np

from nlpx.errors import DataError

_FORMATS = (
    "Give a .vec text file (word2vec or fastText; may be gzipped) or an .npz archive with its vocabulary."
)


@dataclass(frozen=True)
class Vectors:
    """Tokens with their vectors.

    Args:
        tokens: distinct strings, in the order of the file.
        matrix: float32 `(tokens, size)`.
    """

    tokens: tuple[str, ...]
    matrix: np.ndarray

    @property
    def size(self) -> int:
        return int(self.matrix.shape[1])


def read_vectors(path: Path, *, vocabulary: Path | None = None, limit: int | None = None) -> Vectors:
    """Read vectors; where a token comes twice, the first counts.

    Args:
        path: ``.npz`` (arrays only, never pickles) or text: a token and its numbers a line, with or without a
            first line of counts. Text may be gzipped.
        vocabulary: the tokens of an npz, one a line, where they are neither inside it nor in the only
            ``*vocab*.txt`` of the right length beside it.
        limit: read the first so many tokens only; files are usually sorted by frequency.

    Raises:
        DataError: the file is missing or can't be understood; names the line.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file of vectors", _FORMATS)
    if path.suffix == ".npz":
        tokens, matrix = _read_npz(path, vocabulary)
    else:
        tokens, matrix = _read_text(path, limit)
    first = {token: row for row, token in reversed(list(enumerate(tokens[:limit])))}
    rows = sorted(first.values())
    matrix = np.ascontiguousarray(matrix[rows], dtype=np.float32)
    if not np.isfinite(matrix).all():
        bad = tokens[rows[int(np.argmin(np.isfinite(matrix).all(axis=1)))]]
        raise DataError(f"{path}: the vector of {bad!r} is not finite", "Remove it from the file.")
    return Vectors(tuple(tokens[row] for row in rows), matrix)


def _read_npz(path: Path, vocabulary: Path | None) -> tuple[list[str], np.ndarray]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, BadZipFile, EOFError) as error:
        raise DataError(f"{path}: can't be read as plain arrays: {error}", _FORMATS) from error
    matrices = [array for array in arrays.values() if array.ndim == 2 and array.dtype.kind == "f"]
    names = [array for array in arrays.values() if array.ndim == 1 and array.dtype.kind == "U"]
    if len(matrices) != 1 or not matrices[0].size:
        raise DataError(f"{path}: wanted one array (tokens, size) of floats, found {len(matrices)}", _FORMATS)
    if vocabulary is None and len(names) == 1 and len(names[0]) == len(matrices[0]):
        return names[0].tolist(), matrices[0]
    return _npz_tokens(path, vocabulary, len(matrices[0])), matrices[0]


def _npz_tokens(path: Path, vocabulary: Path | None, rows: int) -> list[str]:
    """Tokens from a file named by the user, or the only fitting one beside the archive."""
    if vocabulary is not None:
        tokens = _lines(vocabulary)
        if len(tokens) != rows:
            raise DataError(
                f"{vocabulary}: {len(tokens)} lines, but {path} holds {rows} vectors", "One token a line."
            )
        return tokens
    beside = sorted(file for file in path.parent.glob("*vocab*.txt") if len(_lines(file)) == rows)
    if len(beside) != 1:
        raise DataError(
            f"{path}: which token each of the {rows} vectors belongs to is not known: "
            f"{len(beside)} files *vocab*.txt with {rows} lines are beside it",
            "Name the right one by `vector_vocabulary`.",
        )
    return _lines(beside[0])


def _lines(path: Path) -> list[str]:
    """Lines of a vocabulary; blanks are tokens, so nothing is stripped."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: can't be read as a vocabulary: {error}", "It must be UTF-8, one token a line."
        ) from error
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _read_text(path: Path, limit: int | None) -> tuple[list[str], np.ndarray]:
    tokens: list[str] = []
    rows: list[np.ndarray] = []
    size = 0
    for number, line in _text_lines(path):
        if number == 1 and _is_header(line):
            size = int(line.split(" ")[1])
            continue
        size = size or len(line.split(" ")) - 1
        token, values = _parse(line, size, f"{path}:{number}")
        tokens.append(token)
        rows.append(values)
        if limit is not None and len(tokens) >= limit:
            break
    if not rows:
        raise DataError(f"{path}: holds no vectors", _FORMATS)
    return tokens, np.stack(rows)


def _text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines without their ends and trailing blanks; tabs count as blanks."""
    with _open(path) as file:
        try:
            for number, line in enumerate(file, 1):
                stripped = line.rstrip(b" \r\n").replace(b"\t", b" ")
                if stripped:
                    yield number, stripped.decode("utf-8")
        except (UnicodeDecodeError, OSError, EOFError) as error:
            raise DataError(f"{path}: can't be read as UTF-8 text: {error}", _FORMATS) from error


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _is_header(line: str) -> bool:
    """The count of tokens and the size of the vectors, as word2vec and fastText write them."""
    fields = line.split(" ")
    return len(fields) == 2 and all(field.isdecimal() for field in fields)


def _parse(line: str, size: int, where: str) -> tuple[str, np.ndarray]:
    """The last `size` fields are the vector, all before is the token, which may hold blanks."""
    fields = line.rsplit(" ", size)
    try:
        if len(fields) != size + 1 or size < 1:
            raise ValueError(f"wanted a token and {size} numbers, came {len(fields)} fields")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return fields[0], np.array(fields[1:], dtype=np.float32)
    except (ValueError, RuntimeWarning) as error:
        raise DataError(f"{where}: {error}", _FORMATS) from error
