"""One file as its reader sees it: content and options in, report and bad lines out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nlpx.tasks.classification.example import ReadReport
from nlpx.text.lines import BadLine, BadLines, encoding_problem, shorten

Column = str | int | None
"""A column by its name or its number from 0; None to find it."""


@dataclass(frozen=True)
class ReadOptions:
    """How to read a file; see the config's `data` for what each means."""

    text: Column = None
    pair: Column = None
    label: Column = None
    id: Column = None
    header: bool | None = None
    encoding: str = "auto"
    several: bool = False
    separator: str = ","
    binary: bool = True
    phrases: bool = False
    skip_bad: bool = False


@dataclass
class Source:
    """One file or folder, its options, and the book of what was found."""

    path: Path
    options: ReadOptions
    report: ReadReport = field(default_factory=ReadReport)
    bad: BadLines = field(default_factory=BadLines)

    def place(self, line: int) -> str:
        """`line` is 1-based."""
        return f"{self.path}:{line}"

    def drop(self, line: int, why: str) -> None:
        """Leave out the text of a line because of what is wrong with it."""
        self.report.dropped += 1
        self.bad.add(line, why)


def checked_text(text: object, what: str = "text") -> str:
    """A text as it is; BadLine where it is none or could never be written again."""
    if not isinstance(text, str):
        raise BadLine(f"no {what}: {shorten(text)}")
    if problem := encoding_problem(text):
        raise BadLine(problem)
    return text


def labels_of(value: object, options: ReadOptions) -> tuple[str, ...]:
    """The classes of a cell or of a JSON value; BadLine where it holds none."""
    if options.several:
        parts = value if isinstance(value, list) else str(value).split(options.separator)
        return tuple(dict.fromkeys(_label(part) for part in parts if str(part).strip()))
    return (_label(value),)


def _label(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise BadLine(f"no label: {shorten(value)}")
    label = checked_text(str(value), "label").strip()
    if not label:
        raise BadLine("the label is empty")
    return label
