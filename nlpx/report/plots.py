"""The plots of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from nlpx.report.svg import FAINT, INK, SERIES, draw

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKERS, DASHES = "os^Dv", ("-", "--", "-.", ":")


def curves(
    name: str, title: str, columns: Mapping[str, Sequence[float | None]], *, best: bool = False
) -> Markup:
    """A line per column over the epochs.

    Args:
        best: mark the highest point of each.
    """
    from matplotlib.ticker import MaxNLocator

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for number, (column, values) in enumerate(columns.items()):
            _line(axes, number, column, values, best=best)
        axes.set_xlabel("epoch")
        axes.set_title(title, fontsize=10, loc="left")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(fontsize=9)

    return draw(paint, name=name, title=f"{title} over the epochs: {', '.join(columns)}")


def _line(axes: Any, number: int, name: str, values: Sequence[float | None], *, best: bool) -> None:
    style = {"color": SERIES[number % len(SERIES)], "linestyle": DASHES[number // len(SERIES) % len(DASHES)]}
    known = [(epoch, value) for epoch, value in enumerate(values, 1) if value is not None]
    marker = MARKERS[number % len(MARKERS)]
    axes.plot(*zip(*known, strict=True), label=name, marker=marker if len(known) <= 30 else "", **style)
    if best:
        epoch, value = max(known, key=lambda pair: (pair[1], -pair[0]))
        axes.annotate(
            f"{value:.2f}", (epoch, value), (0, 7), textcoords="offset points", ha="center", fontsize=9
        )
        axes.margins(y=0.15)


def reliability(name: str, bins: np.ndarray) -> Markup:
    """How often the model is right against how sure it is.

    Args:
        bins: cases, mean confidence and share right of each bin, `(bins, 3)`.
    """
    from matplotlib.ticker import MaxNLocator

    filled = bins[bins[:, 0] > 0]

    def paint(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        above.plot([0, 1], [0, 1], color=INK, linestyle=":", linewidth=1, label="as sure as right")
        above.plot(filled[:, 1], filled[:, 2], color=SERIES[0], marker="o", label="model")
        above.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="share right")
        above.legend(fontsize=9, loc="upper left")
        below.bar(filled[:, 1], filled[:, 0], width=0.03, color=SERIES[0])
        below.set(xlabel="confidence", ylabel="cases")
        below.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        below.grid(axis="x", color=FAINT)

    return draw(paint, name=name, title="Share right against confidence", size=(5.2, 4.0))
