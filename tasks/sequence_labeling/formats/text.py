"""Plain text, one text a line, no labels; and how such a text is cut into tokens."""

from __future__ import annotations

from collections.abc import Callable

from nlpx.errors import DataError
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.formats.lines import Source, encoding_problem
from nlpx.text.columns import Offsets


def tokens_of(unit: str) -> Callable[[str], Offsets | None]:
    """How a text without tokens of its own is cut: None for characters, at white space for words."""
    if unit not in ("char", "word"):
        raise DataError(f"unit {unit!r} is unknown", "Known units: character, word.")
    return words if unit == "word" else lambda text: None


def words(text: str) -> Offsets:
    """The offsets of the words of a text whose words are separated by white space."""
    offsets, position = [], 0
    for word in text.split():
        start = text.index(word, position)
        position = start + len(word)
        offsets.append((start, position))
    return offsets


def read_text(source: Source) -> list[Example]:
    """Every line is a text, blank ones too, so that line numbers and ids agree."""
    source.report.unit = "char" if source.unit == "auto" else source.unit
    source.report.labelled = False
    tokens = tokens_of(source.report.unit)
    examples = []
    for index, text in enumerate(source.lines):
        problem = encoding_problem(text)
        if problem:
            source.drop([(index + 1, problem)])
        else:
            examples.append(Example(str(index), text, [], tokens(text), source.place(index + 1)))
    return examples
