"""What all readers share: the lines of a file, how a message quotes a value, and the book of bad lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nlpx.errors import DataError

SHOWN = 5  # bad lines that a message quotes
QUOTED = 40  # characters of a value that a message quotes


class BadLine(ValueError):
    """Why one line can't be understood; caught by the reader, which knows the line."""


def shorten(value: object, limit: int = QUOTED) -> str:
    """The value as a message quotes it, cut to `limit` characters."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


@dataclass
class BadLines:
    """Counts the lines that could not be understood and remembers the first ones."""

    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, why: str) -> None:
        """`line` is 1-based."""
        self.count += 1
        self.first = sorted([*self.first, (line, why)])[:SHOWN]

    def error(self, path: str) -> DataError:
        """The error that names the first bad lines and how many more there are."""
        more = self.count - len(self.first)
        details = [f"{path}:{line}: {why}" for line, why in self.first]
        details += [f"… and {more:,} more"] if more else []
        lines = "1 line" if self.count == 1 else f"{self.count:,} lines"
        return DataError(
            f"{path}: {lines} can't be understood",
            "Correct them, or leave out the texts they belong to with -S data.skip_bad=true.",
            details,
        )


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, without BOM and line ends; bytes that are not UTF-8 stay as lone surrogates.

    Only line feeds end a line: the other characters that `str.splitlines` splits at occur inside real texts.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            f"{path}: no such file", "Put the file there, or change the path in the config."
        ) from None
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror})", "Name a readable file.") from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(
            f"{path}: is UTF-16, wanted UTF-8", f"Convert it: iconv -f UTF-16 -t UTF-8 {path.name}"
        )
    text = raw.decode("utf-8-sig", errors="surrogateescape")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def encoding_problem(text: str) -> str:
    """Why the text can't be written as UTF-8; empty where it can."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "not UTF-8; if the whole file is in another encoding: iconv -f GB18030 -t UTF-8"
    return ""
