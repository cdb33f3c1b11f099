"""Which column of a table, or which key of an object, is the text, its pair, its label, its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nlpx.errors import DataError
from nlpx.tasks.classification.formats.source import Column, ReadOptions
from nlpx.text.lines import shorten

KNOWN: dict[str, tuple[str, ...]] = {
    "text": (
        "text", "text_a", "sentence", "sentence1", "review", "reviews", "content", "comment", "title",
        "question1", "premise", "query",
    ),
    "pair": ("pair", "text_b", "sentence2", "question2", "hypothesis"),
    "label": ("label", "labels", "class", "category", "sentiment", "polarity", "classification", "label_desc"),
    "id": ("id", "qid", "guid", "index"),
}  # fmt: skip
"""Names that public datasets use, first choice first."""


def find_columns(names: Sequence[str], options: ReadOptions, where: str) -> dict[str, str]:
    """Which of the names is what; what is not there is left out, but a text there must be.

    Raises:
        DataError: a column that the config names is missing, or none looks like the text.
    """
    found: dict[str, str] = {}
    for role in KNOWN:
        wanted: Column = getattr(options, role)
        if wanted is not None:
            found[role] = _named(names, wanted, role, where)
    for role, known in KNOWN.items():
        free = [name for name in names if name not in found.values()]
        match = next((name for one in known for name in free if name.strip().lower() == one), None)
        if role not in found and match is not None:
            found[role] = match
    if "text" not in found:
        raise DataError(
            f"{where}: none of the columns looks like the text: {', '.join(map(shorten, names))}",
            "Name it in data.text.",
        )
    return found


def _named(names: Sequence[str], wanted: str | int, role: str, where: str) -> str:
    if isinstance(wanted, int):
        if -len(names) <= wanted < len(names):
            return names[wanted]
        raise DataError(f"{where}: data.{role} is {wanted}, there are {len(names)} columns", "Count from 0.")
    if wanted in names:
        return wanted
    raise DataError(
        f"{where}: there is no column {wanted!r}, which data.{role} names",
        f"There are: {', '.join(map(shorten, names))}.",
    )


def looks_like_header(cells: Sequence[str], options: ReadOptions) -> bool:
    """Whether a first row holds names: those that the config asks for, or a known one."""
    wanted = {getattr(options, role) for role in KNOWN}
    known = {name for names in KNOWN.values() for name in names}
    return any(cell in wanted or cell.strip().lower() in known for cell in cells)


def guess_roles(columns: Mapping[str, Sequence[str]], where: str) -> dict[str, str]:
    """Text and label of a table without a header: of two columns the label is the one with fewer distinct values.

    Raises:
        DataError: there are more columns, so that nothing can be told.
    """
    names = list(columns)
    if len(names) == 1:
        return {"text": names[0]}
    if len(names) > 2:
        raise DataError(
            f"{where}: has {len(names)} columns and no header that tells which is which",
            "Name them by number: data.text: 0, data.label: 1.",
        )
    label, text = sorted(names, key=lambda name: len(set(columns[name])))
    return {"text": text, "label": label}
