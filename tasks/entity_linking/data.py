"""Reading texts with mentions: `read` for files, `stream` for what comes line by line; and knowledge bases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.formats import KB_READERS, READERS
from nlpx.tasks.entity_linking.formats.objects import lines_of, parse_row
from nlpx.tasks.entity_linking.formats.pubtator import TEXT
from nlpx.tasks.entity_linking.formats.workbook import is_workbook
from nlpx.tasks.entity_linking.report import ReadReport, Source
from nlpx.tasks.entity_linking.streaming import stream
from nlpx.text.holdout import fingerprint
from nlpx.text.lines import BadLine, read_lines, shorten

__all__ = ["KB_READERS", "READERS", "detect_format", "read", "read_kb", "rename", "stream", "unseen"]


def read(path: Path, format: str = "auto", *, skip_bad: bool = False) -> tuple[list[Example], ReadReport]:
    """The examples of a file, and what was found in it.

    Args:
        format: "auto" or one of `READERS`.
        skip_bad: leave out and count the texts that bad lines belong to, instead of raising.

    Raises:
        DataError: the file is missing or empty, or has bad lines; names the first ones and how many more.
    """
    source = Source(str(path), read_lines(path))
    if all(not line or line.isspace() for line in source.lines):
        raise DataError(f"{path}: is empty", "A file needs at least one text.")
    name = detect_format(source.lines, path) if format == "auto" else format
    examples = READERS[name](source)
    if source.bad.count and not skip_bad:
        raise source.bad.error(source.path)
    report = source.report
    report.path, report.format, report.bad_lines = source.path, name, source.bad.count
    report.count(examples)
    return examples, report


def detect_format(lines: Sequence[str], path: Path) -> str:
    """The name of the format by the first line that is not blank; DataError where it looks like none."""
    first = next(line for line in lines if line and not line.isspace())
    if first.lstrip().startswith("["):
        return "terms"
    if first.lstrip().startswith("{"):
        row = _row(first)
        return "ccks2019" if row.keys() & {"text_id", "mention_data"} else "plain"
    if TEXT.fullmatch(first):
        return "pubtator"
    if "\t" in first:
        return "terms"
    raise DataError(
        f"{path}: is in no format that can be told from its content",
        f"Name it as data.format: {', '.join(READERS)}.",
        [f"{path}:1: {shorten(first)}"],
    )


def read_kb(path: Path, format: str = "auto") -> Iterator[Entity]:
    """The entities of a knowledge base in any of the formats of `KB_READERS`, lazily.

    Raises:
        DataError: the file is missing, or has bad lines; names the first ones and how many more.
    """
    return KB_READERS[detect_kb_format(path) if format == "auto" else format](path)


def detect_kb_format(path: Path) -> str:
    """The name of the format by the first line that is not blank; DataError where it looks like none."""
    if is_workbook(path):
        return "terms"
    first = next((line for line in lines_of(path) if line and not line.isspace()), "")
    if not first:
        raise DataError(f"{path}: is empty", "A knowledge base needs at least one entity.")
    if first.lstrip().startswith("{"):
        return "ccks2019" if "subject_id" in _row(first) else "plain"
    if "\t" in first:
        return "terms"
    if re.match(r"[^|]+\|.*\|\S|[^|]+\|\|", first):
        return "medic"
    raise DataError(
        f"{path}: is in no format that can be told from its content",
        f"Name it as data.kb_format: {', '.join(KB_READERS)}.",
        [f"{path}:1: {shorten(first)}"],
    )


def rename(examples: Iterable[Example], ids: dict[str, str]) -> int:
    """Replace ids of mentions that have another one in the knowledge base; how many there were."""
    renamed = 0
    for example in examples:
        if any(mention.entity_id in ids for mention in example.mentions):
            new = [m._replace(entity_id=ids.get(m.entity_id or "", m.entity_id)) for m in example.mentions]
            renamed += sum(one != other for one, other in zip(new, example.mentions, strict=True))
            example.mentions = new
    return renamed


def unseen(examples: Sequence[Example], others: Iterable[Example]) -> list[Example]:
    """The examples whose text is not one of the others', but for white space, width and case."""
    seen = {fingerprint(example.text) for example in others}
    return [example for example in examples if fingerprint(example.text) not in seen] if seen else [*examples]


def _row(line: str) -> dict[str, object]:
    try:
        return parse_row(line)
    except BadLine:
        return {}
