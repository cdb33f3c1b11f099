"""Files that a command line names: lines of texts, or a format of the task."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from nlpx.errors import DataError
from nlpx.task import Task
from nlpx.text.columns import BLANKS, TAG

DATA_SUFFIXES = frozenset({".csv", ".tsv", ".bio", ".bioes", ".bmes", ".bmeso", ".iob", ".conll"})
"""Files that are no lines of texts; the task's own reader knows their columns."""

LOOK = 200
"""Lines that are looked at."""

SURE = 0.9
"""Share of them that has to look alike."""

log = logging.getLogger("nlpx")

_TREE = re.compile(r"\(\d \(")
_PUBTATOR = re.compile(r"\d+\|[ta]\|")


def is_data_file(path: Path) -> bool:
    """Whether a file is in a format of a task, not a text or a JSON object a line.

    By its ending, or by its first lines: a token with its tag, a tree, the title of an abstract, a list of objects. A
    pipe is never one, because it can be read only once.
    """
    if path.suffix.lower() in DATA_SUFFIXES:
        return True
    if not path.is_file():
        return False
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            lines = [line for line in islice(file, LOOK) if line.strip()]
    except OSError:
        return False  # whoever reads it says why
    if not lines:
        return False
    if lines[0].strip() == "[" or lines[0].lstrip().startswith("[{") or _PUBTATOR.match(lines[0]):
        return True
    trees = sum(_TREE.match(line) is not None for line in lines)
    return trees >= SURE * len(lines) or _has_columns(lines)


def _has_columns(lines: Sequence[str]) -> bool:
    """Whether these are tokens with their tags: as many columns in each line, the last one a tag."""
    rows = [BLANKS.split(line.strip()) for line in lines]
    columns, alike = Counter(map(len, rows)).most_common(1)[0]
    tagged = sum(len(row) == columns and TAG.fullmatch(row[-1]) is not None for row in rows)
    return len(rows) > 1 and columns > 1 and alike >= SURE * len(rows) and tagged >= SURE * len(rows)


def read_given(task: Task[Any, Any], path: Path, *, skip_bad: bool | None = None) -> list[Any]:
    """The examples of a file that a command line names; it has no say about the format.

    Args:
        skip_bad: leave out bad lines; None where the command has no such option.

    Raises:
        DataError: the file is missing, unreadable, or in no format that can be told.
    """
    if skip_bad:
        config = task.config
        data = config.data.model_copy(update={"skip_bad": True})
        task = type(task)(config.model_copy(update={"data": data}))
    try:
        examples, counts = task.read_file(path)
    except DataError as error:
        raise DataError(error.what, _advice(error.todo, skip_bad), error.details) from None
    if bad := counts["bad_lines"]:
        log.warning("%s: left out %d bad line%s", path, bad, "" if bad == 1 else "s")
    return examples


def _advice(todo: str, skip_bad: bool | None) -> str:
    """What a config could say, for a command line that has no config."""
    if todo.startswith(("Name it:", "Name it as ", "Name it in ")):
        return "write it like the run's own data, or as JSON lines; the task's page in docs tells the formats"
    if "skip_bad" in todo:
        return "correct them" if skip_bad is None else "correct them, or leave them out with --skip-bad"
    return todo
