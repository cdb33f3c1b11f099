"""Which tokens a unit of a text (a character or word) is made of."""

from __future__ import annotations

import numpy as np

from nlpx.encoders.inputs.units import Offsets

WHOLE, BEGIN, INSIDE, END, NONE = range(5)
"""Where in its token a unit stands: it is one or several tokens; its beginning, inside or end; it has no token."""


def align(starts: np.ndarray, ends: np.ndarray, units: Offsets | None, length: int) -> np.ndarray:
    """First and last token of each unit, and its place in it, `(units, 3)` int32.

    Tokens count from 1, because 0 is `[CLS]`; the one after the last is `[SEP]`. A unit without a token, such as a
    blank, lies between two: it takes the one before it and the one after it.

    Args:
        starts, ends: half-open characters of the tokens `(tokens,)`, in order.
        units: half-open characters of the units, in order; None where every character is one.
        length: characters of the text.
    """
    if units is None:
        first = np.arange(length)
        last = first + 1
    else:
        pairs = np.array(units, np.int64).reshape(-1, 2)
        first, last = pairs[:, 0], pairs[:, 1]
    begin = np.searchsorted(ends, first, side="right")  # the first token that ends after the unit starts
    stop = np.searchsorted(starts, last, side="left")  # the first token that starts at its end or later
    bare = begin >= stop
    places = _places(starts, ends, first, last, begin, stop)
    places[bare] = NONE
    tokens = np.stack([np.where(bare, stop, begin + 1), np.where(bare, begin + 1, stop), places], axis=1)
    return tokens.astype(np.int32)


def _places(
    starts: np.ndarray,
    ends: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    begin: np.ndarray,
    stop: np.ndarray,
) -> np.ndarray:
    if not len(starts):
        return np.zeros(len(first), np.int64)
    top = len(starts) - 1
    cut_left = starts[np.minimum(begin, top)] < first
    cut_right = ends[np.clip(stop - 1, 0, top)] > last
    return np.select([cut_left & cut_right, cut_left, cut_right], [INSIDE, END, BEGIN], WHOLE)


def tokens_of_characters(starts: np.ndarray, ends: np.ndarray, length: int) -> np.ndarray:
    """The token of each character, from 0 on; -1 for a character without one, `(length,)` int32.

    Where a character is several tokens (Hangul, whose syllables are taken apart), it is the first.
    """
    found = align(starts, ends, None, length)
    return np.where(found[:, 2] == NONE, -1, found[:, 0] - 1).astype(np.int32)
