"""Letters of pictures: fonts that have them, what is drawn of each, and how wide it is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from nlpx.explain.html import VISIBLE

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


def visible(character: str) -> str:
    """What a picture shows of a character: nothing that XML cannot hold, and blanks for what breaks lines."""
    seen = VISIBLE.get(ord(character), character)
    return " " if character in "\t\n" else "\ufffd" if isinstance(seen, int) else seen


def sizer(canvas: Any) -> Callable[[str], float]:
    """The width of a character in inches."""
    from matplotlib.font_manager import FontProperties

    renderer, font = canvas.get_renderer(), FontProperties()

    @cache
    def size(character: str) -> float:
        # Between two letters, because a blank by itself has no ink to measure.
        ends = renderer.get_text_width_height_descent(f"x{visible(character)}x", font, False)[0]
        return float(ends - renderer.get_text_width_height_descent("xx", font, False)[0]) / canvas.figure.dpi

    return size
