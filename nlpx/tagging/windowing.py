"""Examples as pieces that fit the model: long texts in overlapping windows, their tags stitched together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from nlpx.text.spans import Span, flatten
from nlpx.text.windows import Window, stitch, windows

Offsets = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A window of an example as a text of its own.

    Args:
        text: raw characters of the window.
        offsets: its words in `text`; None where every character is a unit.
        spans: the entities that lie whole in the window, relative to it.
        window: positions of the window in the example, in units.
    """

    text: str
    offsets: Offsets | None
    spans: list[Span]
    window: Window

    @property
    def length(self) -> int:
        """Number of units."""
        return self.window.end - self.window.start


def cut(
    text: str, spans: Sequence[Span], offsets: Offsets | None, max_length: int, overlap: int
) -> list[Piece]:
    """The pieces of one text; none for a text without units, one for a text that fits.

    An entity that a window's edge cuts is left out of that window: half an entity is no entity. With an overlap longer
    than the entity a neighbouring window holds it whole.
    """
    length = len(text) if offsets is None else len(offsets)
    kept = flatten(spans)
    return [_piece(text, kept, offsets, window) for window in windows(length, max_length, overlap)]


def _piece(text: str, spans: list[Span], offsets: Offsets | None, window: Window) -> Piece:
    start, end = window.start, window.end
    if offsets is not None:
        start, end = offsets[window.start][0], offsets[window.end - 1][1]
    inside = [Span(s - start, e - start, label) for s, e, label in spans if start <= s and e <= end]
    words = None
    if offsets is not None:
        words = [(s - start, e - start) for s, e in offsets[window.start : window.end]]
    return Piece(text[start:end], words, inside, window)


def join(pieces: Sequence[Piece], tags: Sequence[np.ndarray], counts: Sequence[int]) -> list[list[int]]:
    """Tag ids of whole examples from those of their pieces; `counts` says how many pieces each example has."""
    pairs = iter(zip(pieces, tags, strict=True))
    joined = []
    for count in counts:
        mine = list(islice(pairs, count))
        joined.append([int(tag) for tag in stitch([p.window for p, _ in mine], [list(t) for _, t in mine])])
    return joined
