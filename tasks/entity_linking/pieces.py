"""Texts as the network reads them: whole, or in windows where they are long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from nlpx.tasks.entity_linking.example import Place
from nlpx.tasks.entity_linking.knowledge_base.folding import fold
from nlpx.text.segmentation import cut
from nlpx.text.windows import Window, windows

OVERLAP = 0.125
"""Of two windows, as a share of their length."""


@dataclass(frozen=True)
class Piece:
    """A window of a text.

    Attributes:
        number: of the text among its likes.
        text: raw characters of the window.
    """

    number: int
    text: str
    window: Window

    @cached_property
    def folded(self) -> str:
        """The text as names are compared."""
        return fold(self.text)

    @cached_property
    def words(self) -> list[str]:
        """Words that joined give `folded`."""
        return cut(self.folded)

    def inside(self, places: Iterable[Place]) -> list[Place]:
        """Those of the text's places that are judged in this window, relative to it."""
        first, last = self.window.start, self.window.end
        return [
            (start - first, end - first)
            for start, end in places
            if self.window.keep_start <= start < self.window.keep_end and end <= last
        ]

    def keeps(self, start: int) -> bool:
        """Whether a mention that starts there, relative to the window, is this window's to judge."""
        return self.window.keep_start <= start + self.window.start < self.window.keep_end


def cut_texts(texts: Iterable[str], max_length: int) -> Iterator[Piece]:
    """The windows of all texts; a mention belongs to the window that keeps its start."""
    for number, text in enumerate(texts):
        for window in windows(len(text), max_length, int(max_length * OVERLAP)):
            yield Piece(number, text[window.start : window.end], window)
