"""Saliency maps as a figure for a paper: SVG, where text stays text, or PNG."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from nlpx.explain.html import VISIBLE
from nlpx.explain.layout import Cell, cells, wrap
from nlpx.explain.saliency import Saliency
from nlpx.runs.atomic import atomic_writer

WIDTH = 6.3
"""Inches: the text of an A4 page."""
CHARACTERS = 600
"""Of one text: what a page has room for. Of a longer one a part is drawn, and its title says which."""
LINE, TITLE = 0.26, 0.3
POINTS = 11
LATIN = "DejaVu Sans"
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "AR PL UMing CN",
    "Arial Unicode MS",
)

log = logging.getLogger("nlpx")


def write_picture(path: Path, maps: Sequence[Saliency]) -> None:
    """Draw maps one below the other, in the format that the name ends in (svg or png).

    Chinese needs a font with its characters; where none is installed, a warning says what to install.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    families = fonts("".join(_title(one) + one.text[_part(one)] for one in maps))
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
        size = _sizer(FigureCanvasAgg(figure))
        laid = [(one, list(wrap(cells(one)[_part(one)], WIDTH, size))) for one in maps]
        height = sum(TITLE + LINE * (len(lines) + 0.5) for _, lines in laid)
        figure.set_size_inches(WIDTH, max(height, LINE))
        _draw(figure, laid, height, size)
        kind = path.suffix.lstrip(".").lower()
        with atomic_writer(path, "wb") as file:
            figure.savefig(file, format=kind, dpi=200, metadata={"Date": None} if kind == "svg" else None)


def fonts(text: str) -> list[str]:
    """Names of fonts that have the characters of a text, the first for Latin ones."""
    if all(ord(character) < 0x2E80 for character in text):
        return [LATIN]
    found = _chinese_font()
    return [LATIN] if found is None else [LATIN, found]


@cache
def _chinese_font() -> str | None:
    from matplotlib.font_manager import fontManager

    def first() -> str | None:
        installed = {entry.name for entry in fontManager.ttflist}
        return next((name for name in CHINESE if name in installed), None)

    found = first()
    if found is None:
        _add_new_fonts()
        found = first()
    if found is None:
        log.warning(
            "no font with Chinese characters is installed, so pictures show boxes; install one, as with: "
            "apt install fonts-noto-cjk (an SVG shows its text wherever its reader has such a font)"
        )
    return found


def _add_new_fonts() -> None:
    """Tell matplotlib of fonts that were installed after it had looked; it remembers its list for good."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    known = {entry.fname for entry in fontManager.ttflist}
    for path in findSystemFonts():
        if path not in known:
            try:
                fontManager.addfont(path)
            except (OSError, RuntimeError, ValueError):  # a file that only looks like a font
                continue


def _draw(figure: Any, laid: Sequence[Any], height: float, size: Callable[[str], float]) -> None:
    """Titles and lines from the top down, in inches."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(-max(height, LINE), 0))
    axes.axis("off")
    y = 0.0
    for one, lines in laid:
        y -= TITLE
        axes.text(0, y + 0.08, _title(one), fontsize=POINTS * 0.75, color="0.35")
        top = float(np.abs(one.scores).max(initial=0.0)) or 1.0
        for line in lines:
            y -= LINE
            _draw_line(axes, line, y, one.scores / top, size)
        y -= LINE * 0.5


def _part(saliency: Saliency) -> slice:
    """The characters that are drawn: the first ones, or those around what the decision is about."""
    middle = sum(saliency.span or (0, 0)) // 2
    start = max(0, min(middle - CHARACTERS // 2, len(saliency.text) - CHARACTERS))
    return slice(start, start + CHARACTERS)


def _title(saliency: Saliency) -> str:
    probability = "" if saliency.probability is None else f" {saliency.probability:.3f}"
    part, whole = _part(saliency), len(saliency.text)
    shown = f"   characters {part.start + 1:,} to {part.stop:,} of {whole:,}" if whole > CHARACTERS else ""
    return "".join(map(_visible, f"{saliency.target}{probability}   {saliency.method}{shown}"))


def _draw_line(
    axes: Any, line: Sequence[Cell], y: float, shares: np.ndarray, size: Callable[[str], float]
) -> None:
    from matplotlib.patches import Rectangle

    x = 0.0
    for text, cell in _joined(line):
        width = sum(size(character) for character in text)
        share = float(shares[cell.unit]) if cell.unit >= 0 else 0.0
        colour = (0.878, 0.322, 0.157) if share > 0 else (0.157, 0.47, 0.878)
        axes.add_patch(
            Rectangle(
                (x, y),
                width,
                LINE * 0.92,
                facecolor=(*colour, 0.75 * abs(share)),
                edgecolor="0.2" if cell.inside else "none",
                linewidth=0.5,
            )
        )
        axes.text(x, y + LINE * 0.24, text)
        x += width


def _joined(line: Sequence[Cell]) -> Iterator[tuple[str, Cell]]:
    """The visible text of neighbouring cells of one unit."""
    text, last = "", None
    for cell in line:
        if last is not None and (cell.unit, cell.inside) != (last.unit, last.inside):
            yield text, last
            text = ""
        text += _visible(cell.character)
        last = cell
    if last is not None:
        yield text, last


def _visible(character: str) -> str:
    seen = VISIBLE.get(ord(character), character)
    return " " if character in "\t\n" else "\ufffd" if isinstance(seen, int) else seen


def _sizer(canvas: Any) -> Callable[[str], float]:
    """The width of a character in inches."""
    from matplotlib.font_manager import FontProperties

    renderer, font = canvas.get_renderer(), FontProperties()

    @cache
    def size(character: str) -> float:
        # Between two letters, because a blank by itself has no ink to measure.
        ends = renderer.get_text_width_height_descent(f"x{_visible(character)}x", font, False)[0]
        return float(ends - renderer.get_text_width_height_descent("xx", font, False)[0]) / canvas.figure.dpi

    return size
