"""From bytes to text: which encoding a file is in."""

from __future__ import annotations

import codecs
from pathlib import Path

from nlpx.errors import DataError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BROKEN = 0.05
"""A file with a smaller share of lines that are not UTF-8 is UTF-8 with broken lines, not something else."""


def read_text(path: Path, encoding: str = "auto") -> tuple[str, str]:
    """The text of a file, without a byte order mark, and the encoding it was read in.

    Auto goes by the byte order mark, then tries UTF-8, then GB18030. Where single lines of a UTF-8 file are broken,
    their bytes stay as lone surrogates, which the readers report with their line.

    Raises:
        DataError: the file is unreadable, the encoding has no such name, or the text is not in it.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror})", "Name a readable file.") from None
    if encoding != "auto":
        return _named(path, raw, encoding)
    for mark, name in MARKS:
        if raw.startswith(mark):
            return _named(path, raw, name)
    text = raw.decode("utf-8", errors="surrogateescape")
    if not _broken_share(text):
        return text, "utf-8"
    if _broken_share(text) > BROKEN:
        try:
            return raw.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            pass
    return text, "utf-8"


def _named(path: Path, raw: bytes, encoding: str) -> tuple[str, str]:
    try:
        text = raw.decode(encoding)
    except LookupError:
        raise DataError(
            f"{path}: there is no encoding {encoding!r}", "Try utf-8, gb18030, big5 or utf-16."
        ) from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(
            f"{path}:{line}: is not {encoding}: {error.reason}", "Name its encoding in data.encoding."
        ) from None
    return text.removeprefix("\ufeff"), encoding


def _broken_share(text: str) -> float:
    """Of the lines that are more than ASCII, the share with bytes that are not UTF-8."""
    lines = [line for line in text.split("\n") if not line.isascii()]
    broken = sum(any("\ud800" <= character <= "\udfff" for character in line) for line in lines)
    return broken / len(lines) if lines else 0.0
