"""A saliency map in the terminal: shades where there is colour, digits under the text where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from nlpx.explain.layout import Cell
    from nlpx.explain.saliency import Saliency

FOR = ("#fde3d5", "#fbc9b0", "#f8ac87", "#f28d60", "#ea6d3c", "#e05228")
AGAINST = ("#d6e6fb", "#b2d0f8", "#8ab8f3", "#629fee", "#438ae7", "#2878e0")
"""Grounds for black letters, from weak to strong; read well on dark and on light terminals."""

SHADES = ("256", "truecolor", "windows")
"""Terminals that can show them; with 16 colours one could not tell for from against."""

MARGIN = 8
DIGITS = 9


def show_map(saliency: Saliency, console: Console) -> None:
    """Print one map: what was decided, and the text with how much each unit spoke for or against it."""
    from rich.text import Text

    from nlpx.cli.tables import printable
    from nlpx.explain.naming import about

    title = f"{about(saliency)}  {saliency.method}  id {saliency.id}"
    console.print(Text(printable(title).replace("\n", " "), style="bold"))
    if not saliency.offsets:
        console.print("(nothing to read, so nothing to explain)")
    for line in (_shaded if console.color_system in SHADES else _digits)(saliency, console):
        console.print(line)
    console.print()


def _shaded(saliency: Saliency, console: Console) -> list[Text]:
    from rich.style import Style
    from rich.text import Text

    from nlpx.explain.html import levels
    from nlpx.explain.strength import strengths

    shades = levels(strengths(saliency), len(FOR)).tolist()
    lines = []
    for cells in _lines(saliency, console.width):
        line = Text()
        for cell in cells:
            level = shades[cell.unit] if cell.unit >= 0 else 0
            ground = (FOR if level > 0 else AGAINST)[abs(level) - 1] if level else None
            style = Style(color="black" if level else None, bgcolor=ground, underline=cell.inside or None)
            line.append(_visible(cell.character), style)
        lines.append(line)
    return lines


def _digits(saliency: Saliency, console: Console) -> list[Text]:
    """Each line of the text, and below it the strength of its units from 1 to 9, for and against."""
    from rich.text import Text

    from nlpx.explain.html import levels
    from nlpx.explain.legend import legend_of
    from nlpx.explain.strength import strengths

    above, below = legend_of(saliency.method).short
    digits = levels(strengths(saliency), DIGITS).tolist()
    lines = []
    for cells in _lines(saliency, console.width - MARGIN):
        rows = {"": "".join(_visible(cell.character) for cell in cells)}
        rows |= {above: _marks(cells, digits)}
        if below:
            rows |= {below: _marks(cells, [-level for level in digits])}
        if saliency.span is not None:
            rows["about"] = "".join(("^" if cell.inside else " ") * _width(cell.character) for cell in cells)
        lines += [
            Text(f"{name:<{MARGIN}}{row}".rstrip()) for name, row in rows.items() if row.strip() or not name
        ]
    return lines


def _marks(cells: Sequence[Cell], strengths: Sequence[int]) -> str:
    """A digit under the first character of each unit on the line."""
    row, last = "", None
    for cell in cells:
        level = strengths[cell.unit] if cell.unit >= 0 and cell.unit != last else 0
        row += (str(level) if level > 0 else " ").ljust(_width(cell.character))[: _width(cell.character)]
        last = cell.unit
    return row


def _lines(saliency: Saliency, width: int) -> list[list[Cell]]:
    from nlpx.explain.layout import cells, wrap

    return list(wrap(cells(saliency), width, _width))


def _width(character: str) -> int:
    from rich.cells import cell_len

    return cell_len(_visible(character))


def _visible(character: str) -> str:
    """One character that a terminal shows and does not obey."""
    from nlpx.explain.html import VISIBLE

    seen = VISIBLE.get(ord(character), character)
    if isinstance(seen, int):
        return chr(seen)
    return " " if character in "\t\n" else seen
