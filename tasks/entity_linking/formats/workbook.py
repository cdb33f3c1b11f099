"""The rows of the first sheet of an .xlsx workbook, which is XML in a zip file.

Enough for tables of text; formulas give their stored value, dates their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse
from zipfile import BadZipFile, ZipFile

from nlpx.errors import DataError

SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
MOST_BYTES = 1 << 30  # of one part, unpacked: a bomb ends here


def is_workbook(path: Path) -> bool:
    """Whether a file is a zip file, as workbooks are."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def workbook_rows(path: Path) -> Iterator[list[str]]:
    """The cells of each row as strings, from the first column on; missing ones are "".

    Raises:
        DataError: it is no workbook, or a damaged one.
    """
    try:
        with ZipFile(path) as book:
            sheet = min(
                filter(SHEET.fullmatch, book.namelist()), key=lambda name: int(SHEET.findall(name)[0])
            )
            shared = "xl/sharedStrings.xml"
            texts = list(_shared(_open(book, shared))) if shared in book.namelist() else []
            yield from (_cells(row, texts) for row in _elements(_open(book, sheet), "row"))
    except (BadZipFile, ParseError, ValueError, IndexError, KeyError) as error:
        todo = "Save it as .xlsx again, or as text with code, tab, name."
        raise DataError(f"{path}: is no workbook that can be read ({error})", todo) from None


def _open(book: ZipFile, name: str) -> IO[bytes]:
    if book.getinfo(name).file_size > MOST_BYTES:
        raise ValueError(f"{name} is too large")
    return book.open(name)


def _elements(file: IO[bytes], name: str) -> Iterator[Element]:
    """The elements of a name, one by one, in constant memory."""
    for _, element in iterparse(file):
        if _bare(element) == name:
            yield element
            element.clear()


def _shared(file: IO[bytes]) -> Iterator[str]:
    return (_text(item) for item in _elements(file, "si"))


def _text(element: Element) -> str:
    return "".join(part.text or "" for part in element.iter() if _bare(part) == "t")


def _cells(row: Element, texts: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in row:
        column = _column(cell.get("r", ""), len(cells))
        cells += [""] * (column - len(cells)) + [_value(cell, texts)]
    return cells


def _column(place: str, default: int) -> int:
    """The 0-based column of a place such as ``AB12``."""
    letters = re.match("[A-Z]{1,3}", place)
    if not letters:
        return default
    number = 0
    for letter in letters[0]:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _value(cell: Element, texts: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _text(cell)
    value = next((part.text or "" for part in cell if _bare(part) == "v"), "")
    return texts[int(value)] if cell.get("t") == "s" and value else value


def _bare(element: Element) -> str:
    return element.tag.rpartition("}")[2]
