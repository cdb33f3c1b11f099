"""What a feature CRF sees of each character: itself and its neighbours, words around it, names, title marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nlpx.encoders.inputs.lexicon import GROUPS, dictionary_class
from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.tagger.sentence import Sentence
from nlpx.text.normalize import normalize
from nlpx.text.segmentation import dictionary_words, tag

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

EDGE = "\u2400"
LONGEST = 200
"""Characters that are tagged as one sequence; longer texts are cut, at a full stop where there is one."""
_STOPS = "。！？!?；;\n"
_BRACKETS = re.compile(
    r"《([^《》]*)|\(([^()]*)|（([^（）]*)|“([^“”]*)|\[([^\[\]]*)|【([^【】]*)|「([^「」]*)"
)
_PAIRS = ((-2, -1), (-1, 0), (0, 1), (1, 2), (-1, 1))


class CharacterFeatures:
    """Learns nothing: segmenter's dictionary and knowledge base say what words and names there are."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb

    def another(self) -> CharacterFeatures:
        """Like this one before it has learnt anything."""
        return CharacterFeatures(self.kb)

    def fit(self, train: Sequence[Example]) -> None:
        """There is nothing to learn."""

    def sentences(self, examples: Sequence[Example], *, counted: bool = False) -> list[list[Sentence]]:
        """The parts of each text."""
        texts = [example.text for example in examples]
        matches = self.kb.max_matches_of(texts)
        return [
            _sentences(text, [(start, end) for start, end, _ in names])
            for text, names in zip(texts, matches, strict=True)
        ]

    def state(self) -> dict[str, Any]:
        """What `restore` needs, as JSON types."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """There is nothing to restore."""


def _sentences(text: str, names: Sequence[tuple[int, int]]) -> list[Sentence]:
    rows = _rows(text, names)
    found = []
    for start, end in cuts(text):
        found.append(Sentence([(at, at + 1) for at in range(start, end)], rows[start:end]))
    return found


def cuts(text: str) -> list[tuple[int, int]]:
    """The text in parts of at most `LONGEST` characters."""
    found, start = [], 0
    while start < len(text):
        end = min(len(text), start + LONGEST)
        if end < len(text):
            stop = max(text.rfind(mark, start, end) for mark in _STOPS) + 1
            end = stop if stop > start else end
        found.append((start, end))
        start = end
    return found


def _rows(raw: str, names: Sequence[tuple[int, int]]) -> list[list[str]]:
    text = normalize(raw, width=True, lower=True)
    own: list[list[str]] = [[f"c={character}", f"k={kind(character)}"] for character in text]
    for word in tag(raw):
        _mark(own, word.start, word.end, "seg=", f"pos={word.tag}", f"word={text[word.start : word.end]}|")
    for start, end in names:
        _mark(own, start, end, "name=")
    for start, end in dictionary_words(raw):
        if end - start > 1:
            group = GROUPS[dictionary_class(raw[start:end])]
            _mark(own, start, end, f"in={group}", f"in={min(end - start, 6)}")
    for match in _BRACKETS.finditer(text):
        start, end = match.span(match.lastindex or 0)
        _mark(own, start, end, f"marks={match[0][0]}")
    kinds = "".join(kind(character) for character in text)
    return [_row(at, text, kinds, own) for at in range(len(text))]


def _mark(own: list[list[str]], start: int, end: int, *names: str) -> None:
    """Give every character of a stretch the names, with its place B, M, E or S in it."""
    for at in range(start, end):
        place = "S" if end - start == 1 else "B" if at == start else "E" if at + 1 == end else "M"
        own[at] += [f"{name}{place}" for name in names]


def _row(at: int, text: str, kinds: str, own: list[list[str]]) -> list[str]:
    row = ["1", *own[at]]
    for by in (-2, -1, 1, 2):
        if not 0 <= at + by < len(text):
            row.append(f"{by}{EDGE}")
        elif abs(by) == 1:
            row += [f"{by}{name}" for name in own[at + by]]
        else:
            row += [f"{by}{name}" for name in own[at + by][:2]]
    row += [f"{left},{right}|{_at(text, at + left)}{_at(text, at + right)}" for left, right in _PAIRS]
    row.append(f"three|{text[max(0, at - 1) : at + 2]}")
    row.append(f"kinds|{''.join(_at(kinds, at + by) for by in range(-2, 3))}")
    return [*row, f"at={min(at, 3)}", f"left={min(len(text) - 1 - at, 3)}"]


def _at(text: str, place: int) -> str:
    return text[place] if 0 <= place < len(text) else EDGE


@lru_cache(maxsize=1 << 16)
def kind(character: str) -> str:
    """C for Chinese, 0 for digits, a for other letters, the character itself for all else."""
    if "\u3400" <= character <= "\u9fff":
        return "C"
    if character.isdigit():
        return "0"
    return "a" if character.isalpha() else character
