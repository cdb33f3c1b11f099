"""Text of strangers as HTML: shown, never run, and unable to turn the rest of the page around."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

NAMES = {
    0x061C: "ALM",
    0x200B: "ZWSP",
    0x200C: "ZWNJ",
    0x200D: "ZWJ",
    0x200E: "LRM",
    0x200F: "RLM",
    0x202A: "LRE",
    0x202B: "RLE",
    0x202C: "PDF",
    0x202D: "LRO",
    0x202E: "RLO",
    0x2028: "LS",
    0x2029: "PS",
    0x2066: "LRI",
    0x2067: "RLI",
    0x2068: "FSI",
    0x2069: "PDI",
    0xFEFF: "BOM",
}
"""What invisible characters are called."""

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    + "".join(map(chr, sorted(set(NAMES) - {0x200C, 0x200D})))
    + "]"
)
"""Characters that show nothing but change how others look, or that a page cannot hold. The joiners are left alone:
Persian and emoji need them."""

SEEN = Markup('<span class="ctl" title="{}">{}</span>')


def shown(text: str) -> Markup:
    """The text with everything that HTML would take for itself escaped, and invisible controls made visible."""
    if UNSEEN.search(text) is None:
        return escape(text)
    parts, at = [], 0
    for match in UNSEEN.finditer(text):
        parts += [escape(text[at : match.start()]), _control(match[0])]
        at = match.end()
    return Markup().join([*parts, escape(text[at:])])


def isolated(text: str) -> Markup:
    """The same in an element of its own direction."""
    return Markup("<bdi>{}</bdi>").format(shown(text))


def named(text: str) -> str:
    """The same without elements, for attributes: controls by their names."""
    return shown(text).striptags()


def excerpt(text: str, length: int = 120) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: 4 * length].split())
    return line if len(line) <= length and len(text) <= 4 * length else f"{line[:length].rstrip()}…"


def _control(character: str) -> Markup:
    code = ord(character)
    name = NAMES.get(code, f"{code:02X}")
    return SEEN.format(f"U+{code:04X} {unicodedata.name(character, 'control character')}", name)
