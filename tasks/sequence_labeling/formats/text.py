"""Plain text, one text a line, no labels; and how a text is cut into tokens and put together from them."""

from __future__ import annotations

from collections.abc import Callable

from nlpx.errors import DataError
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.formats.lines import Source, encoding_problem

Offsets = list[tuple[int, int]]
CJK = (("\u2e80", "\u9fff"), ("\uf900", "\ufaff"), ("\uff00", "\uffef"))


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


def join_tokens(tokens: list[str], unit: str) -> tuple[str, Offsets | None]:
    """The text of the tokens, and their offsets unless every character is a token."""
    if unit == "char":
        text = "".join(tokens)
        if len(text) == len(tokens):
            return text, None
    parts: list[str] = []
    offsets: Offsets = []
    position = 0
    for token in tokens:
        if unit == "word" and parts and not (_is_cjk(parts[-1][-1]) and _is_cjk(token[0])):
            parts.append(" ")
            position += 1
        parts.append(token)
        offsets.append((position, position + len(token)))
        position += len(token)
    return "".join(parts), offsets


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


def _is_cjk(character: str) -> bool:
    """Whether a character belongs to a script that is written without blanks between words."""
    return any(first <= character <= last for first, last in CJK)
