"""Reading labelled texts: `read` for files, `stream` for what comes line by line, `holdout` to split."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from nlpx.errors import DataError
from nlpx.tasks.sequence_labeling.example import Example, ReadReport
from nlpx.tasks.sequence_labeling.formats import READERS
from nlpx.tasks.sequence_labeling.formats.json_lines import BadLine, parse_object
from nlpx.tasks.sequence_labeling.formats.layout import find_layout, tag_share
from nlpx.tasks.sequence_labeling.formats.lines import Source, read_lines, shorten
from nlpx.tasks.sequence_labeling.streaming import OBJECT, stream
from nlpx.text.holdout import holdout
from nlpx.text.spans import misaligned, overlaps

__all__ = ["READERS", "Example", "ReadReport", "detect_format", "holdout", "read", "stream"]


def read(
    path: Path,
    format: str = "auto",
    *,
    scheme: str = "auto",
    unit: str = "auto",
    text_column: int = 0,
    tag_column: int = -1,
    skip_bad: bool = False,
) -> tuple[list[Example], ReadReport]:
    """The examples of a file, and what was found in it.

    Args:
        format: "auto" or one of `READERS`.
        scheme: of a column file's tags: "auto" or one of `nlpx.text.tags.SCHEMES`.
        unit: what carries a tag: "auto", "char" or "word".
        text_column, tag_column: of a column file, from 0; negative ones count from the end.
        skip_bad: leave out the texts that bad lines belong to and count them, instead of raising.

    Raises:
        DataError: the file is missing or empty, or has bad lines; names the first ones and how many more.
    """
    source = Source(str(path), read_lines(path), scheme, unit, text_column, tag_column)
    if all(not line or line.isspace() for line in source.lines):
        raise DataError(f"{path}: is empty", "A file needs at least one text.")
    format = detect_format(source) if format == "auto" else format
    if format not in READERS:
        raise DataError(f"data format {format!r} is unknown", f"Known formats: {', '.join(READERS)}.")
    examples = READERS[format](source)
    if source.bad.count and not skip_bad:
        raise source.bad.error(source.path)
    _fill_report(source, format, examples)
    return examples, source.report


def detect_format(source: Source) -> str:
    """The name of the format by the file's content; DataError where it looks like none."""
    first = next(line for line in source.lines if line and not line.isspace())
    if OBJECT.match(first):
        return _detect_json(source.lines)
    layout = find_layout(source)
    characters_only = layout.columns == 1 and layout.unit == "char"
    if characters_only or tag_share(source) > 0.5:
        return "columns"
    raise DataError(
        f"{source.path}: is in no format that can be told from its content",
        f"Name it: {', '.join(READERS)}; for columns name the tag column too, if it is not the last one.",
        [f"{source.path}:1: {shorten(first)}"],
    )


def _detect_json(lines: list[str]) -> str:
    """CLUENER where the first lines say "label", else spans."""
    for line in lines[:1000]:
        try:
            row = parse_object(line)
        except BadLine:
            continue
        if "label" in row or "spans" in row:
            return "spans" if "spans" in row else "cluener"
    return "spans"


def _fill_report(source: Source, format: str, examples: list[Example]) -> None:
    report = source.report
    report.path, report.format, report.examples = source.path, format, len(examples)
    report.labels = dict(
        sorted(Counter(span.label for example in examples for span in example.spans).items())
    )
    report.entities = sum(report.labels.values())
    report.bad_lines = source.bad.count
    for example in examples:
        report.misaligned += misaligned(example.spans, example.tokens) if example.tokens is not None else 0
        report.overlapping += len(example.spans) > 1 and overlaps(example.spans)
