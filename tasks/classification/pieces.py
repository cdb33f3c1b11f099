"""Texts, and pairs of them, as pieces that fit the network: the middle left out, or overlapping windows."""

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


def cut_pair(
    texts: tuple[str, str], offsets: tuple[Offsets | None, Offsets | None], lengths: LengthsConfig
) -> list[tuple[Piece, Piece]]:
    """The pieces of two texts that are read as one sequence of at most `max_length` units.

    The longer text gives up units first, until both are as long. With windows it is read in windows, each beside the
    shorter one, of which no more than half of `max_length` is read.
    """
    sizes = (_size(texts[0], offsets[0]), _size(texts[1], offsets[1]))
    most, longer = share(sizes, lengths.max_length), _longer(sizes)
    found = []
    for at, (text, own) in enumerate(zip(texts, offsets, strict=True)):
        limits = {
            "max_length": most[at],
            "long": lengths.long if at == longer else "head_tail",
            "overlap": min(lengths.overlap, max(0, most[at] - 1) // 2),
        }
        found.append(cut(text, own, lengths.model_copy(update=limits)))
    return [(first, second) for first in found[0] for second in found[1]]


def _size(text: str, offsets: Offsets | None) -> int:
    return len(text) if offsets is None else len(offsets)


def _longer(sizes: tuple[int, int]) -> int:
    return int(sizes[1] > sizes[0])


def share(sizes: tuple[int, int], most: int) -> tuple[int, int]:
    """How many units of each of two texts are read where only so many fit: the longer one is cut first."""
    half = most // 2
    if sum(sizes) <= most:
        return sizes
    if sizes[0] <= half:
        return sizes[0], most - sizes[0]
    return (most - sizes[1], sizes[1]) if sizes[1] <= half else (most - half, half)


def left_out_of_pair(sizes: tuple[int, int], lengths: LengthsConfig) -> int:
    """How many units of two texts, which are read as one sequence, the network does not see."""
    most = share(sizes, lengths.max_length)
    gaps = sizes[0] - most[0], sizes[1] - most[1]
    return sum(gaps) if lengths.long == "head_tail" else gaps[1 - _longer(sizes)]


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
