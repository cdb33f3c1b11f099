"""Texts as pieces that fit the network: the middle left out, or overlapping windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlpx.tasks.classification.config_head import LengthsConfig
from nlpx.text.windows import windows

Offsets = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, or the part of it that the network sees, as a text of its own.

    Args:
        text: its raw characters.
        offsets: its words in `text`; None where every character is a unit.
        places: where each unit stands in the whole text, half-open characters.
    """

    text: str
    offsets: Offsets | None
    places: Offsets

    @property
    def length(self) -> int:
        """Number of units."""
        return len(self.places)


def cut(text: str, offsets: Offsets | None, lengths: LengthsConfig) -> list[Piece]:
    """The pieces of a text, at least one; only head_tail leaves units out.

    Args:
        offsets: the words of the text; None where every character is a unit.
    """
    units = [(i, i + 1) for i in range(len(text))] if offsets is None else offsets
    if len(units) <= lengths.max_length:
        return [_piece(text, offsets, [(0, len(units))], units)]
    if lengths.long == "windows":
        found = windows(len(units), lengths.max_length, lengths.overlap)
        return [_piece(text, offsets, [(one.start, one.end)], units) for one in found]
    head = round(lengths.max_length * lengths.head)
    tail = len(units) - (lengths.max_length - head)
    return [_piece(text, offsets, [(0, head), (tail, len(units))], units)]


def left_out(length: int, lengths: LengthsConfig) -> int:
    """How many units of a text of that many the network does not see."""
    return max(0, length - lengths.max_length) if lengths.long == "head_tail" else 0


def _piece(text: str, offsets: Offsets | None, ranges: Sequence[tuple[int, int]], units: Offsets) -> Piece:
    """The units of some ranges, their texts one behind the other."""
    parts: list[str] = []
    moved: Offsets = []
    places: Offsets = []
    length = 0
    for first, end in ranges:
        if first == end:
            continue
        kept = units[first:end]
        start = kept[0][0]
        moved += [(s - start + length, e - start + length) for s, e in kept]
        places += kept
        parts.append(text[start : kept[-1][1]])
        length += len(parts[-1])
    return Piece("".join(parts), None if offsets is None else moved, places)
