"""What words look like."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby


@lru_cache(maxsize=1 << 17)
def shape(word: str) -> str:
    """Capitals as A, small letters as a, digits as 0; runs of the same once, with + at the end if there are any."""
    runs = [key for key, _ in groupby(map(_kind, word))]
    return "".join(runs) + "+" * (len(runs) < len(word))


def _kind(character: str) -> str:
    if character.isdigit():
        return "0"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    return character
