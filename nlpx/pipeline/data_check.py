"""Look at the data of a config before a night is spent on it: is it there, is it what it should be, what is odd."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nlpx.config.catalogue import OfficialFile, find_dataset
from nlpx.config.data_folder import short_path
from nlpx.config.paths import require_file
from nlpx.errors import DataError
from nlpx.task import SPLITS, CheckRow, Task

BAD = ("missing", "differs")
"""Verdicts that fail the check."""


def check(task: Task[Any, Any]) -> list[CheckRow]:
    """Every file of the config, then the counts of every split and what the task itself looks at.

    Raises:
        DataError: a file is missing, with where to get it and where to put it; or it can't be read.
    """
    rows: list[CheckRow] = []
    missing: list[DataError] = []
    for key, path in task.input_files().items():
        try:
            rows += _file(key, require_file(path))
        except DataError as error:
            missing.append(error)
    if missing:
        details = [line for error in missing for line in (error.what, *error.details, error.todo)]
        count = "1 file is" if len(missing) == 1 else f"{len(missing)} files are"
        raise DataError(f"{count} missing", "then check again", list(dict.fromkeys(details)))
    for split in SPLITS:
        _, counts = task.read(split)
        rows += _counts(split, counts)
    return [*rows, *task.check()]


def _file(key: str, path: Path) -> Iterator[CheckRow]:
    size, name = path.stat().st_size, short_path(path, os.environ)
    official = _official(path)
    if official is None:
        yield key, f"{name}, {size:,} bytes", ""
    elif size != official.bytes:
        yield key, f"{name}, {size:,} bytes; the official file has {official.bytes:,}", "differs"
    elif _sha256(path) != official.sha256:
        yield key, f"{name}, the official size but another content", "differs"
    else:
        yield key, f"{name}, the official file", "ok"


def _official(path: Path) -> OfficialFile | None:
    found = find_dataset(path)
    return None if found is None else found[0].official.get(path.name)


def _counts(name: str, counts: Mapping[str, Any], odd: bool = False) -> Iterator[CheckRow]:
    """The counts that a reader reports; nested ones by their path, zeros left out."""
    for key, value in counts.items():
        if isinstance(value, Mapping):
            yield from _counts(f"{name} {key}" if key != "odd" else name, value, odd or key == "odd")
        elif value and not isinstance(value, bool) and key not in ("path",):
            shown = f"{value:,}" if isinstance(value, int) else str(value)
            yield f"{name}: {key}", shown, "odd" if odd or key in ("bad_lines", "dropped") else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
