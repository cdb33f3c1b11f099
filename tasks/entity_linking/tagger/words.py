"""English text as sentences of words, and the form in which words and names are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

Offsets = list[tuple[int, int]]

_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z0-9(\"'])")
SHORTEST_SENTENCE = 4
"""Words; what is shorter goes to the next sentence, as "et al." does."""

PASSED_OVER = frozenset("-,/'")
"""Marks that names are compared without."""

_SPELLINGS = (("aemi", "emi"), ("tumour", "tumor"), ("oed", "ed"))


def words(text: str) -> Offsets:
    """Offsets of letters, of digits and of single marks; blanks belong to none."""
    return [match.span() for match in _WORD.finditer(text)]


def sentences(text: str, offsets: Sequence[tuple[int, int]]) -> list[Offsets]:
    """The words by sentence; none is lost."""
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    found: list[Offsets] = []
    current: Offsets = []
    passed = 0
    for start, end in offsets:
        while passed < len(ends) and start >= ends[passed]:
            passed += 1
            if len(current) >= SHORTEST_SENTENCE:
                found.append(current)
                current = []
        current.append((start, end))
    return [*found, current] if current else found


@lru_cache(maxsize=1 << 17)
def stem(word: str) -> str:
    """Lower case, singular, American: what counts as the same word."""
    word = word.lower()
    if word.endswith("ies") and len(word) > 4:
        word = f"{word[:-3]}y"
    for british, american in _SPELLINGS:
        word = word.replace(british, american)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    return word


def stems(text: str) -> list[str]:
    """The stems of the words of a text."""
    return [stem(text[start:end]) for start, end in words(text)]


def name_key(text: str) -> str:
    """What counts as the same name."""
    return joined(stems(text))


def joined(parts: Sequence[str]) -> str:
    """The key of a name whose stems these are."""
    return " ".join(part for part in parts if part not in PASSED_OVER)
