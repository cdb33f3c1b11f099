"""Whether a match is made of whole words, in writing that puts blanks between words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from nlpx.text.normalize import CODE_POINTS, code_points
from nlpx.text.prefix_table import Matches

FIRST_UNSPACED = 0x0E00
"""Thai, where scripts without blanks between words begin; letters and digits below it form words."""


@lru_cache(maxsize=1)
def word_characters() -> np.ndarray:
    """True for each code point that is part of words, bool `(code points,)`; read-only."""
    table = np.zeros(CODE_POINTS, bool)
    table[:FIRST_UNSPACED] = [chr(code).isalnum() for code in range(FIRST_UNSPACED)]
    table[0x1E00:0x2000] = True  # more Latin and Greek
    table.flags.writeable = False
    return table


def at_word_bounds(texts: Sequence[str], matches: Matches, fold: np.ndarray | None = None) -> np.ndarray:
    """True for matches that neither begin nor end between two characters of one word, bool `(matches,)`.

    Args:
        fold: the code point that each code point is taken for.
    """
    codes = code_points("\0" + "\0".join(texts) + "\0")
    inside = word_characters()[codes if fold is None else fold[codes]]
    breaks = ~(inside[1:] & inside[:-1])  # before each character of the joined texts
    begins = np.cumsum([0, *(len(text) + 1 for text in texts)])[matches.text]
    return breaks[begins + matches.start] & breaks[begins + matches.end]
