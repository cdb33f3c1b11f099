"""Code lists as knowledge bases: ``code<TAB>name`` a line, or the first two columns of an .xlsx workbook.

An entity is named by its term, because that is what the task's answers are; the codes of a term become attributes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.formats.objects import lines_of
from nlpx.tasks.entity_linking.formats.workbook import is_workbook, workbook_rows
from nlpx.text.lines import BadLines, encoding_problem, shorten

CODE = "code"
"""The predicate of an attribute that holds a code of the term."""

HEADERS = ("code", "编码", "代码", "主要编码", "疾病编码")


def read_terms_kb(path: Path) -> Iterator[Entity]:
    """The entities in the order of their first line.

    Raises:
        DataError: lines are not code and name; names the first ones.
    """
    bad = BadLines()
    codes: dict[str, list[str]] = {}
    rows: Iterable[list[str]] = workbook_rows(path) if is_workbook(path) else _tsv(path)
    for number, row in enumerate(rows, 1):
        if not any(cell.strip() for cell in row) or (number == 1 and row[0].strip().lower() in HEADERS):
            continue
        if len(row) < 2 or not row[1].strip() or encoding_problem("".join(row)):
            bad.add(number, f"wanted a code and a name, got {shorten(row)}")
            continue
        codes.setdefault(row[1].strip(), []).append(row[0].strip())
    if bad.count:
        error = bad.error(str(path))
        raise DataError(error.what, "Correct these lines or remove them.", error.details)
    for name, given in codes.items():
        yield Entity(name, name, attributes=[(CODE, code) for code in given if code])


def _tsv(path: Path) -> Iterator[list[str]]:
    return (line.split("\t") for line in lines_of(path))
