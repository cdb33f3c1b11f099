"""The parts of terms that list several things: "A+B", "A、B", "A伴B"."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

SEPARATORS = re.compile(r"[+、,;。.:?/\n]|伴有?|合并|并发|并|及|和|与|术后| and | with ")
MOST = 8
"""Parts of a term that are looked at."""


def split_parts(terms: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The parts of all terms that have several, and the row of the term that each is of."""
    parts: list[str] = []
    owner: list[int] = []
    for row, term in enumerate(terms):
        found = [part for part in map(str.strip, SEPARATORS.split(term)) if len(part) > 1]
        if found != [term]:
            parts += found[:MOST]
            owner += [row] * len(found[:MOST])
    return parts, np.array(owner, np.int64)
