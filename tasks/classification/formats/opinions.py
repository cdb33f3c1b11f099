"""Zhijiang Cup 2019: reviews in one CSV file, their opinions with offsets in another one beside it.

`train_reviews.csv` holds `id,Reviews`, `train_labels.csv` holds `id,O_start,O_end,Polarities`. A review has the
polarity of most of its opinions (the first of them, where it is a draw), and those of that polarity are its rationale.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from nlpx.errors import DataError
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.formats.encodings import read_text
from nlpx.tasks.classification.formats.source import Source, checked_text
from nlpx.tasks.classification.formats.tables import parse
from nlpx.text.lines import BadLine, shorten

REVIEWS, LABELS = "reviews", "labels"

Opinion = tuple[str, list[tuple[int, int]]]  # polarity, and its place or none


def read_opinions(source: Source) -> list[Example]:
    opinions = _opinions(source)
    examples = []
    for line, row in enumerate(_rows(source.path, source), 2):
        found = opinions.get(row["id"], [])
        if not found:
            continue
        try:
            text = checked_text(row["Reviews"])
            examples.append(_example(row["id"], text, found, source.place(line)))
        except BadLine as error:
            source.drop(line, str(error))
    return examples


def labels_beside(path: Path) -> Path:
    """The file of opinions that belongs to a file of reviews."""
    return path.with_name(path.name.replace(REVIEWS, LABELS))


def _example(id: str, text: str, opinions: list[Opinion], place: str) -> Example:
    polarity, _ = Counter(name for name, _ in opinions).most_common(1)[0]
    spans = sorted({span for name, spans in opinions if name == polarity for span in spans})
    wrong = [span for span in spans if not 0 <= span[0] < span[1] <= len(text)]
    if wrong:
        raise BadLine(f"no span of a text of {len(text)} characters: {shorten(wrong[0])}")
    return Example(id, text, (polarity,), None, spans, place)


def _opinions(source: Source) -> dict[str, list[Opinion]]:
    """The opinions of each review by its id; some name no words, and so no place."""
    path = labels_beside(source.path)
    if path == source.path or not path.is_file():
        raise DataError(
            f"{source.path}: there are no opinions beside it",
            f"wanted a name with {REVIEWS!r} and the same one with {LABELS!r} beside it",
        )
    found: dict[str, list[Opinion]] = defaultdict(list)
    for row in _rows(path, source):
        start, end = row["O_start"].strip(), row["O_end"].strip()
        places = [(int(start), int(end))] if start.isdecimal() and end.isdecimal() else []
        found[row["id"]].append((row["Polarities"], places))
    return found


def _rows(path: Path, source: Source) -> list[dict[str, Any]]:
    text, source.report.encoding = read_text(path, source.options.encoding)
    table = parse(text, ",")
    names = [str(cell) for cell in table.iloc[0]]
    wanted = {"id", "Reviews"} if path == source.path else {"id", "O_start", "O_end", "Polarities"}
    if not wanted <= set(names):
        raise DataError(f"{path}: wanted the columns {', '.join(sorted(wanted))}", "Correct data.format.")
    return [dict(zip(names, row, strict=True)) for row in table.iloc[1:].itertuples(index=False, name=None)]
