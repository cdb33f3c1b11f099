"""The units of one text (characters or words), with what several inputs need of them computed once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import numpy as np

from nlpx.text.normalize import code_points, fold_table, from_code_points
from nlpx.text.segmentation import Word, tag

Offsets = Sequence[tuple[int, int]]
UnitKind = Literal["char", "word"]
Splitter = Literal["regex", "whitespace", "jieba"]

# A word, a number, or one sign; letters that are written without blanks between words stand alone.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_REGEX = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|[^\w\s]")
_BLANKS = re.compile(r"\S+")


def split_words(text: str, splitter: Splitter) -> list[tuple[int, int]]:
    """Spans of the words of a text; blanks belong to none."""
    if splitter == "jieba":
        return [(word.start, word.end) for word in tag(text) if not text[word.start : word.end].isspace()]
    return [match.span() for match in (_REGEX if splitter == "regex" else _BLANKS).finditer(text)]


class Units:
    """One text as an encoder takes it.

    Args:
        text: the raw text.
        offsets: spans of the units in it (half-open characters, not empty, in order); None where every
            character is a unit.
        table: where each code point goes by normalisation (`fold_table`).
    """

    def __init__(self, text: str, offsets: Offsets | None = None, table: np.ndarray | None = None) -> None:
        self.text = text
        self.offsets = offsets
        self._table = fold_table(False, False, False) if table is None else table

    def __len__(self) -> int:
        return len(self.text) if self.offsets is None else len(self.offsets)

    @cached_property
    def codes(self) -> np.ndarray:
        """Code point of each character after normalisation, uint32 `(characters,)`."""
        return self._table[code_points(self.text)]

    @cached_property
    def folded(self) -> str:
        """The text after normalisation, as long as the raw one."""
        return from_code_points(self.codes)

    @cached_property
    def unit_codes(self) -> np.ndarray | None:
        """Code point of each unit, uint32 `(length,)`; None where a unit has more than one character."""
        if self.offsets is None:
            return self.codes
        if any(end - start != 1 for start, end in self.offsets):
            return None
        return self.codes[self.starts]

    @cached_property
    def strings(self) -> list[str]:
        """Each unit after normalisation."""
        return (
            list(self.folded)
            if self.offsets is None
            else [self.folded[start:end] for start, end in self.offsets]
        )

    @cached_property
    def starts(self) -> np.ndarray:
        """Index of each unit's first character `(length,)`."""
        if self.offsets is None:
            return np.arange(len(self.text))
        return np.fromiter((start for start, _ in self.offsets), dtype=np.int64, count=len(self.offsets))

    @cached_property
    def words(self) -> list[Word]:
        """The words that cover the text, blanks included, by the segmenter."""
        return tag(self.text)

    def per_unit(self, characters: np.ndarray) -> np.ndarray:
        """Of values per character `(characters, ...)`, those of each unit's first one `(length, ...)`."""
        return characters if self.offsets is None else characters[self.starts]
