"""Reading labelled texts: `read` for files, `stream` for what comes line by line, `holdout` to split."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from nlpx.errors import DataError
from nlpx.tasks.classification.example import Example, ReadReport
from nlpx.tasks.classification.formats import READERS
from nlpx.tasks.classification.formats.encodings import read_text
from nlpx.tasks.classification.formats.eraser import KEY as ERASER
from nlpx.tasks.classification.formats.eraser import documents
from nlpx.tasks.classification.formats.folders import class_files
from nlpx.tasks.classification.formats.opinions import labels_beside
from nlpx.tasks.classification.formats.source import ReadOptions, Source
from nlpx.tasks.classification.formats.trees import TREE
from nlpx.tasks.classification.streaming import stream
from nlpx.text.holdout import holdout
from nlpx.text.lines import shorten

__all__ = ["READERS", "Example", "ReadOptions", "ReadReport", "detect_format", "holdout", "read", "stream"]

SUFFIXES = {".csv": "csv", ".tsv": "tsv", ".jsonl": "json", ".json": "json"}


def read(
    path: Path, format: str = "auto", options: ReadOptions | None = None
) -> tuple[list[Example], ReadReport]:
    """The examples of a file or of a folder of classes, and what was found in it.

    Args:
        format: "auto" or one of `READERS`.
        options: names of columns, encoding and the like.

    Raises:
        DataError: it is missing or empty, or has bad lines; names the first ones and how many more.
    """
    source = Source(path, options or ReadOptions())
    format = detect_format(source) if format == "auto" else format
    if (format == "folders") != path.is_dir():
        raise DataError(f"{path}: is {'a folder' if path.is_dir() else 'no folder'}", "Correct data.format.")
    examples = _first_of_each_id(source, READERS[format](source))
    if source.bad.count and not source.options.skip_bad:
        raise source.bad.error(str(path))
    if not examples:
        raise DataError(f"{path}: holds no text", "A file needs at least one.")
    _fill_report(source, format, examples)
    return examples, source.report


def detect_format(source: Source) -> str:
    """The name of the format, by the first line and then by the file's ending.

    Raises:
        DataError: it looks like none.
    """
    if source.path.is_dir():
        return "folders"
    text, _ = read_text(source.path, source.options.encoding)
    first = next((line for line in text.split("\n") if line.strip()), "")
    if not first:
        raise DataError(f"{source.path}: is empty", "A file needs at least one text.")
    if first.lstrip().startswith("{"):
        return "eraser" if f'"{ERASER}"' in first else "json"
    if TREE.match(first):
        return "trees"
    if "\t" in first:
        return "tsv"
    if source.path.suffix.lower() in SUFFIXES:
        return SUFFIXES[source.path.suffix.lower()]
    raise DataError(
        f"{source.path}: is in no format that can be told from its content or its name",
        f"Name it in data.format: {', '.join(READERS)}.",
        [f"{source.path}:1: {shorten(first)}"],
    )


def files_of(path: Path, format: str = "auto") -> dict[str, Path]:
    """Every file that is read for one that the config names, by what to add to its key."""
    if path.is_dir():
        return {f"/{file.relative_to(path)}": file for file in class_files(path)}
    beside = {"opinions": lambda: [labels_beside(path)], "eraser": lambda: documents(path)}
    kind = format
    if path.is_file() and format == "auto":
        kind = detect_format(Source(path, ReadOptions()))
    found = beside[kind]() if kind in beside else []
    return {"": path} | {f"/{file.relative_to(path.parent)}": file for file in found}


def _first_of_each_id(source: Source, examples: list[Example]) -> list[Example]:
    """Without the texts whose id an earlier one has: a submission could not tell them apart."""
    seen: dict[str, Example] = {}
    for example in examples:
        first = seen.setdefault(example.id, example)
        if first is not example:
            line = int(example.source.rpartition(":")[2])
            source.drop(line, f"id {shorten(example.id)} is already that of {first.source}")
    return list(seen.values())


def _fill_report(source: Source, format: str, examples: list[Example]) -> None:
    report = source.report
    report.path, report.format, report.examples = str(source.path), format, len(examples)
    report.labels = dict(sorted(Counter(label for one in examples for label in one.labels).items()))
    report.labelled = report.labelled and bool(report.labels)
    report.bad_lines = source.bad.count
