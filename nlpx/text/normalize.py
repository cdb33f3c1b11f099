"""Normalisation that never changes the length of a text.

Each character maps to exactly one character, so that offsets into the raw text stay right. `str.lower` and
NFKC on a whole string don't promise that: ``"İ".lower()`` is two characters long.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache

import numpy as np

CODE_POINTS = sys.maxunicode + 1
_SURROGATES = range(0xD800, 0xE000)


def code_points(text: str) -> np.ndarray:
    """Code points of the text as uint32 `(length,)`; lone surrogates are allowed."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def from_code_points(codes: np.ndarray) -> str:
    """The text of an array of code points; the inverse of `code_points`."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def normalize(text: str, *, width: bool = False, lower: bool = False, digits: bool = False) -> str:
    """Fold characters one by one; the result is as long as `text`.

    Args:
        width: full-width and half-width forms become ordinary ones: ``Ａ`` → ``A``, ``，`` → ``,``, ``ｱ`` →
            ``ア``.
        lower: upper case becomes lower case where that is one character.
        digits: decimal digits of any script become ``0``.
    """
    if not (width or lower or digits):
        return text
    return from_code_points(fold_table(width, lower, digits)[code_points(text)])


@lru_cache(maxsize=8)
def fold_table(width: bool, lower: bool, digits: bool) -> np.ndarray:
    """Code point after folding for every code point, uint32 `(1114112,)`; read-only."""
    table = np.arange(CODE_POINTS, dtype=np.uint32)
    for code in range(_FOLDED if width or lower or digits else 0):
        if code not in _SURROGATES:
            table[code] = ord(_fold(chr(code), width, lower, digits))
    table.flags.writeable = False
    return table


# No assigned character from here on has a width, a case or a digit value.
_FOLDED = 0x1FC00


def _fold(char: str, width: bool, lower: bool, digits: bool) -> str:
    """One character for one character, folds in the order width, case, digit."""
    if width and unicodedata.decomposition(char).startswith(("<wide>", "<narrow>")):
        char = chr(int(unicodedata.decomposition(char).split()[1], 16))
    if lower and len(char.lower()) == 1:
        char = char.lower()
    return "0" if digits and char.isdecimal() else char
