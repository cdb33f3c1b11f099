"""Saliency maps as a figure for a paper: SVG, where text stays text, or PNG."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlpx.explain.fonts import fonts, sizer, visible
from nlpx.explain.layout import Cell, cells, wrap
from nlpx.explain.legend import SIGNED, legend_of, legends
from nlpx.explain.naming import about
from nlpx.explain.saliency import Saliency
from nlpx.explain.strength import strengths
from nlpx.runs.atomic import atomic_writer

WIDTH = 6.3
"""Inches: the text of an A4 page."""
CHARACTERS = 600
"""Of one text: what a page has room for. Of a longer one a part is drawn, and its title says which."""
LINE, TITLE, LEGEND, MARGIN = 0.26, 0.3, 0.34, 0.12
POINTS = 11
FOR, AGAINST, MOST = (0.878, 0.322, 0.157), (0.157, 0.47, 0.878), 0.75
"""Orange and blue, and how opaque the strongest unit is."""

OUTLINED = {"facecolor": "none", "edgecolor": "0.2"}
Key = tuple[str, dict[str, Any]]
"""What a colour means, and how it is drawn."""


def write_picture(path: Path, maps: Sequence[Saliency], heading: str = "") -> None:
    """Draw maps one below the other under a heading, in the format that the name ends in (svg or png).

    Chinese needs a font with its characters; where none is installed, a warning says what to install.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    families = fonts(heading + "".join(_title(one) + one.text[_part(one)] for one in maps))
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "nlpx",
        "font.family": families,
        "font.size": POINTS,
    }
    # Parsing of formulas is off: a dollar sign in a text is a dollar sign.
    with mpl.rc_context(settings | {"text.parse_math": False}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(WIDTH, 1))
        size = sizer(FigureCanvasAgg(figure))
        laid = [(one, list(wrap(cells(one)[_part(one)], WIDTH, size))) for one in maps]
        height = LEGEND * _legend_lines(maps) + sum(TITLE + LINE * (len(lines) + 0.5) for _, lines in laid)
        height += TITLE if heading else 0
        figure.set_size_inches(WIDTH + 2 * MARGIN, height + 2 * MARGIN)
        _draw(figure, "".join(map(visible, heading)), laid, height, size)
        kind = path.suffix.lstrip(".").lower()
        with atomic_writer(path.resolve(), "wb") as file:
            figure.savefig(file, format=kind, dpi=200, metadata={"Date": None} if kind == "svg" else None)


def _draw(
    figure: Any, heading: str, laid: Sequence[Any], height: float, size: Callable[[str], float]
) -> None:
    """Titles and lines from the top down, in inches."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-MARGIN, WIDTH + MARGIN), ylim=(-height - MARGIN, MARGIN))
    axes.axis("off")
    y = 0.0
    if heading:
        y -= TITLE
        axes.text(0, y + 0.08, heading, fontsize=POINTS * 0.85)
    for one, lines in laid:
        y -= TITLE
        axes.text(0, y + 0.08, _title(one), fontsize=POINTS * 0.75, color="0.35")
        shares = strengths(one)
        for line in lines:
            y -= LINE
            _draw_line(axes, line, y, shares, size)
        y -= LINE * 0.5
    _draw_legend(axes, [one for one, _ in laid], y - LINE * 0.8, size)


def _draw_legend(axes: Any, maps: Sequence[Saliency], y: float, size: Callable[[str], float]) -> None:
    """What the colours say, as far as the maps have them."""
    found = legends(one.method for one in maps) or [(SIGNED, "")]
    for row, (legend, names) in enumerate(found):
        keys: list[Key] = [(legend.above, {"facecolor": (*FOR, MOST)})]
        if any((one.scores < 0).any() for one in maps if legend_of(one.method) == legend) and legend.below:
            keys.append((legend.below, {"facecolor": (*AGAINST, MOST)}))
        if len(found) > 1 and legend != SIGNED:  # where all others are named, these need no names
            keys[0] = (f"{keys[0][0]} ({names})", keys[0][1])
        if row == 0 and any(one.span is not None for one in maps):
            keys.append(("what was decided about, on a scale of its own", OUTLINED))
        _draw_keys(axes, keys, y - LEGEND * row, size)


def _legend_lines(maps: Sequence[Saliency]) -> int:
    return max(1, len(legends(one.method for one in maps)))


def _draw_keys(axes: Any, keys: Sequence[Key], y: float, size: Callable[[str], float]) -> None:
    """Patches of colour, each with its words."""
    x = 0.02
    for text, look in keys:
        _box(axes, x, y, LINE * 0.5, LINE * 0.5, **look)
        axes.text(x + LINE * 0.65, y + LINE * 0.1, text, fontsize=POINTS * 0.7, color="0.35")
        x += LINE + 0.75 * sum(map(size, text)) + LINE * 0.4


def _part(saliency: Saliency) -> slice:
    """The characters that are drawn: the first ones, or those around what the decision is about."""
    middle = sum(saliency.span or (0, 0)) // 2
    start = max(0, min(middle - CHARACTERS // 2, len(saliency.text) - CHARACTERS))
    return slice(start, start + CHARACTERS)


def _title(saliency: Saliency) -> str:
    part, whole = _part(saliency), len(saliency.text)
    shown = f"   characters {part.start + 1:,} to {part.stop:,} of {whole:,}" if whole > CHARACTERS else ""
    return "".join(map(visible, f"{about(saliency)}   {saliency.method}{shown}"))


def _draw_line(
    axes: Any, line: Sequence[Cell], y: float, shares: np.ndarray, size: Callable[[str], float]
) -> None:
    x = 0.0
    for text, cell in _joined(line):
        width = sum(size(character) for character in text)
        share = float(shares[cell.unit]) if cell.unit >= 0 else 0.0
        colour = FOR if share > 0 else AGAINST
        edge = "0.2" if cell.inside else "none"
        _box(axes, x, y, width, LINE * 0.92, facecolor=(*colour, MOST * abs(share)), edgecolor=edge)
        axes.text(x, y + LINE * 0.24, text)
        x += width


def _box(axes: Any, x: float, y: float, width: float, height: float, **look: Any) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), width, height, linewidth=0.5, **look))


def _joined(line: Sequence[Cell]) -> Iterator[tuple[str, Cell]]:
    """The visible text of neighbouring cells of one unit."""
    text, last = "", None
    for cell in line:
        if last is not None and (cell.unit, cell.inside) != (last.unit, last.inside):
            yield text, last
            text = ""
        text += visible(cell.character)
        last = cell
    if last is not None:
        yield text, last
