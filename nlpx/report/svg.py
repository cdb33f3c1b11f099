"""Matplotlib figures as inline SVG that follows the page: its colours, its fonts, light and dark.

Text stays text, and neither a date nor a random id is in it, so that the same figure is the same bytes.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, FAINT = "#010101", "#020202"
SERIES = ("#010203", "#010204", "#010205", "#010206", "#010207", "#010208")
"""Stand-ins for the colours of the page, which CSS gives; no real colour is so dark and so odd."""

VARIABLES = {INK: "currentColor", FAINT: "var(--line)"} | {
    color: f"var(--s{number})" for number, color in enumerate(SERIES, 1)
}

SETTINGS: Any = {  # the stubs of matplotlib name every key
    "svg.fonttype": "none",
    "svg.hashsalt": "nlpx",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 2,
    "lines.markersize": 5,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
}


def draw(
    paint: Callable[[Figure], None], *, name: str, title: str, size: tuple[float, float] = (5.2, 3.0)
) -> Markup:
    """A figure as an ``<svg>`` element.

    Args:
        paint: draws into an empty figure.
        name: makes the ids in it differ from those of other figures on the page.
        title: what a screen reader says.
        size: in inches of 72 units; the page scales it to the width it has.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    out = io.StringIO()
    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        # Widths are guessed where matplotlib's font lacks a glyph; the reader's font has it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure = Figure(figsize=size, layout="constrained")
        paint(figure)
        FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None})
    return _inline(out.getvalue(), name, title)


def _inline(svg: str, name: str, title: str) -> Markup:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style.*?</style>", "", svg, count=1, flags=re.DOTALL)  # its * would reach the whole page
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(url\(|href=")#', rf"\g<1>#{name}-", svg)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]+", r"font-size: \1px", svg)
    for color, variable in VARIABLES.items():
        svg = svg.replace(color, variable)
    head = f'<svg role="img" aria-label="{escape(title)}" stroke-linejoin="round"'
    return Markup(f"{head}{svg[4:].rstrip()}")
