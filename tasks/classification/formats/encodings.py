"""From bytes to text: which encoding a file is in."""

from __future__ import annotations

from pathlib import Path

from nlpx.errors import DataError
from nlpx.text.encodings import guess_encoding


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
    name = guess_encoding(raw)
    return (raw.decode("utf-8", "surrogateescape"), name) if name == "utf-8" else _named(path, raw, name)


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
