"""How a column file is laid out: what separates the columns, how many there are, what a token is."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from nlpx.errors import DataError
from nlpx.tasks.sequence_labeling.formats.lines import Source
from nlpx.text.columns import BLANKS, TAG, is_marker, unit_of

SAMPLE = 5000  # lines looked at
POSITION = re.compile(r"(?s)(.+?)[0-9]+")  # a character and its 0-based position in the word


@dataclass(frozen=True)
class Layout:
    """`tag` is None in a file without labels; `positions` marks the `科0` style of Weibo NER."""

    separator: str
    columns: int
    text: int
    tag: int | None
    unit: str
    positions: bool

    def fields(self, line: str) -> list[str] | None:
        """The columns of a line, also where a plain split gets them wrong; None for too few or too many."""
        fields = line.split(self.separator)
        if len(fields) == self.columns:
            return fields
        if self.separator == " " and line.startswith(" ") and self.text == 0:  # the token itself is a blank
            fields = [" ", *BLANKS.split(line.strip(" \t"))]
        elif self.columns == 1 and line.isspace():
            fields = [line]
        else:
            fields = BLANKS.split(line.strip(" \t"))
        return fields if len(fields) == self.columns else None


def find_layout(source: Source) -> Layout:
    """The layout of a column file by its first lines and the user's options."""
    sample = [line for line in source.lines[:SAMPLE] if line and not line.isspace() and not is_marker(line)]
    sample = [line for line in sample if not line.startswith("# ")] or sample
    separator = "\t" if sum("\t" in line for line in sample) * 2 > len(sample) else " "
    rows = [_split(line, separator) for line in sample]
    columns = Counter(map(len, rows)).most_common(1)[0][0] if rows else 1
    rows = [row for row in rows if len(row) == columns]
    text, tag = _column(source, source.text_column, columns), _column(source, source.tag_column, columns)
    if text == tag and columns > 1:
        raise DataError(f"{source.path}: column {text} can't be both the text and the tags")
    tokens = [row[text] or " " for row in rows]
    positions = bool(tokens) and sum(POSITION.fullmatch(token) is not None for token in tokens) > 0.95 * len(
        tokens
    )
    tokens = [strip_position(token) for token in tokens] if positions else tokens
    return Layout(separator, columns, text, tag if tag != text else None, _unit(source, tokens), positions)


def strip_position(token: str) -> str:
    """`科0` without its digits; a token that is all digits keeps its first one."""
    match = POSITION.fullmatch(token)
    return match[1] if match else token


def tag_share(source: Source) -> float:
    """The share of the first lines whose tag column holds something that looks like a tag."""
    layout = find_layout(source)
    if layout.tag is None:
        return 0.0
    sample = [line for line in source.lines[:SAMPLE] if line and not line.isspace()]
    tags = [row[layout.tag] for line in sample if (row := layout.fields(line)) is not None]
    return sum(TAG.fullmatch(tag) is not None for tag in tags) / max(len(sample), 1)


def _split(line: str, separator: str) -> list[str]:
    return line.rstrip(" \t").split("\t") if separator == "\t" else BLANKS.split(line.strip(" \t"))


def _column(source: Source, column: int, columns: int) -> int:
    """The column counted from 0."""
    if not -columns <= column < columns:
        what = f"{source.path}: there is no column {column}, the lines have {columns}"
        raise DataError(what, "Columns count from 0, or from -1 backwards.")
    return column % columns


def _unit(source: Source, tokens: list[str]) -> str:
    if source.unit != "auto":
        return source.unit
    return unit_of(tokens)
