"""Units on lines of limited width, for places that cannot break lines themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import NamedTuple

from nlpx.explain.saliency import Saliency


class Cell(NamedTuple):
    """A character on a line.

    Attributes:
        unit: the number of the unit that it belongs to; -1 for what stands between units.
        inside: whether the decision is about it.
    """

    character: str
    unit: int
    inside: bool


def cells(saliency: Saliency) -> list[Cell]:
    """All characters of the text."""
    owner = [-1] * len(saliency.text)
    for unit, (start, end) in enumerate(saliency.offsets):
        owner[start:end] = [unit] * (end - start)
    first, end = saliency.span or (0, 0)
    return [
        Cell(character, unit, first <= place < end)
        for place, (character, unit) in enumerate(zip(saliency.text, owner, strict=True))
    ]


def wrap(found: list[Cell], width: float, size: Callable[[str], float]) -> Iterator[list[Cell]]:
    """Lines of cells; units stay whole where they fit on a line.

    Args:
        width: of a line.
        size: the width of a character.
    """
    line: list[Cell] = []
    room = width
    for _, group in groupby(
        enumerate(found), key=lambda pair: pair[1].unit if pair[1].unit >= 0 else -1 - pair[0]
    ):
        run = [cell for _, cell in group]
        wanted = sum(size(cell.character) for cell in run)
        if line and wanted > room and wanted <= width:
            yield line
            line, room = [], width
        for cell in run:
            taken = size(cell.character)
            if line and taken > room:
                yield line
                line, room = [], width
            line.append(cell)
            room -= taken
    if line:
        yield line
