"""One file as its reader sees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nlpx.tasks.sequence_labeling.example import ReadReport
from nlpx.text.lines import BadLines, encoding_problem, read_lines, shorten

__all__ = ["BadLines", "Source", "encoding_problem", "read_lines", "shorten"]


@dataclass
class Source:
    """One file as its reader sees it: lines and options in, report and bad lines out.

    `scheme` and `unit` are "auto" or a name; columns count from 0, negative ones from the end.
    """

    path: str
    lines: list[str]
    scheme: str = "auto"
    unit: str = "auto"
    text_column: int = 0
    tag_column: int = -1
    report: ReadReport = field(default_factory=ReadReport)
    bad: BadLines = field(default_factory=BadLines)

    def drop(self, problems: Iterable[tuple[int, str]]) -> None:
        """Leave out one text because of these lines and what is wrong with them."""
        self.report.dropped += 1
        for line, why in problems:
            self.bad.add(line, why)

    def place(self, line: int) -> str:
        return f"{self.path}:{line}"
