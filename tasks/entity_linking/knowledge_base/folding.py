"""What counts as the same name: one character for one character, so that offsets stay right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from nlpx.text.normalize import code_points, fold_table, from_code_points

VERSION = 1
"""Of the rules below; an index built under other rules is not opened."""

# On top of width and case, see `nlpx.text.normalize`.
SAME = {
    "·": "•‧∙・⋅᛫●｡",
    "-": "‐‑‒–—―−",
    "'": "‘’‛′",
    '"': "“”‟″",
    " ": "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u202f\u205f",
}
REPLACEMENT = 0xFFFD


@lru_cache(maxsize=1)
def folding() -> np.ndarray:
    """The code point that each code point counts as, uint32 `(1114112,)`; read-only."""
    table = fold_table(width=True, lower=True, digits=False).copy()
    for target, sources in SAME.items():
        table[[ord(source) for source in sources]] = ord(target)
    table[0xD800:0xE000] = REPLACEMENT  # what is no character at all
    table.flags.writeable = False
    return table


def fold(text: str) -> str:
    """The text as names are compared; as long as `text`."""
    return from_code_points(folding()[code_points(text)])


def fold_name(name: str) -> str:
    """A name as it is looked up: folded, without blanks and 《》 around it; "" where nothing is left."""
    return _bare(fold(name.replace("\0", " ")))


def fold_names(names: Sequence[str]) -> list[str]:
    """`fold_name` of many, quickly."""
    joined = "\0".join(names)
    if joined.count("\0") != max(len(names) - 1, 0):
        return [fold_name(name) for name in names]
    return [_bare(name) for name in fold(joined).split("\0")] if names else []


def _bare(name: str) -> str:
    name = name.strip()
    if len(name) > 2 and name[0] == "《" and name.find("》") == len(name) - 1:
        return name[1:-1].strip()
    return "" if name in ("《》", "《", "》") else name
