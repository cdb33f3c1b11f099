"""Which encoding bytes are in."""

from __future__ import annotations

import codecs

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BROKEN = 0.05
"""A file with a smaller share of lines that are not UTF-8 is UTF-8 with broken lines, not something else."""


def guess_encoding(raw: bytes) -> str:
    """By the byte order mark, then UTF-8 unless many lines are broken and GB18030 fits.

    Args:
        raw: whole lines.
    """
    for mark, name in MARKS:
        if raw.startswith(mark):
            return name
    if _broken_share(raw.decode("utf-8", errors="surrogateescape")) > BROKEN:
        try:
            raw.decode("gb18030")
        except UnicodeDecodeError:
            return "utf-8"
        return "gb18030"
    return "utf-8"


def _broken_share(text: str) -> float:
    """Of the lines that are more than ASCII, the share with bytes that are not UTF-8."""
    lines = [line for line in text.split("\n") if not line.isascii()]
    broken = sum(any("\ud800" <= character <= "\udfff" for character in line) for line in lines)
    return broken / len(lines) if lines else 0.0
