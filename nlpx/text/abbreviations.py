"""Abbreviations that a text explains itself: ``adenomatous polyposis coli (APC)``.

The algorithm of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text",
PSB 2003: a short form in parentheses, its long form among the words before it; every character of the short form must
occur in order in the long form, and its first one must begin a word there. ``SF (long form)`` is read too.
"""

from __future__ import annotations

import re
from typing import NamedTuple

PARENTHESES = re.compile(r"[(（\[]([^()（）\[\]]{2,200})[)）\]]")
LONGEST_SHORT_FORM = 10
MOST_SHORT_WORDS = 2
_CLAUSE_END = re.compile(r"[.;:,!?。；：，！？]\s|[。；：，！？()（）\[\]\n]")


class Abbreviation(NamedTuple):
    """A short form and the long form that the text gives for it; half-open characters of the text."""

    short_start: int
    short_end: int
    long_start: int
    long_end: int


def abbreviations(text: str) -> list[Abbreviation]:
    """Every definition in the text, in order."""
    found = []
    for match in PARENTHESES.finditer(text):
        start, end = _trim(text, *match.span(1))
        clause = _clause_start(text, match.start())
        before = _trim(text, clause, match.start())
        definition = _short_inside(text, start, end, before) or _long_inside(text, start, end, before)
        if definition is not None:
            found.append(definition)
    return found


def expansions(text: str) -> dict[str, str]:
    """Long form by short form, both as written; the first definition of a short form counts."""
    result: dict[str, str] = {}
    for a in abbreviations(text):
        result.setdefault(text[a.short_start : a.short_end], text[a.long_start : a.long_end])
    return result


def _short_inside(text: str, start: int, end: int, before: tuple[int, int]) -> Abbreviation | None:
    """``long form (SF)`` or ``long form (SF; more)``."""
    cut = re.search(r"[;,；，]", text[start:end])
    if cut:
        start, end = _trim(text, start, start + cut.start())
    if not _is_short_form(text[start:end]):
        return None
    words = min(end - start + 5, (end - start) * 2)
    window = _last_words(text, *before, words)
    begin = _align(text[start:end], text, window, before[1])
    return None if begin is None else Abbreviation(start, end, begin, before[1])


def _long_inside(text: str, start: int, end: int, before: tuple[int, int]) -> Abbreviation | None:
    """``SF (long form)``: the last word before the parenthesis is short, what stands inside is long."""
    short_start = _last_words(text, *before, 1)
    short = text[short_start : before[1]]
    if not _is_short_form(short) or not any(char.isupper() for char in short) or end - start <= len(short):
        return None
    begin = _align(short, text, start, end)
    return Abbreviation(short_start, before[1], begin, end) if begin == start else None


def _is_short_form(text: str) -> bool:
    """2 to 10 characters, at most two words, a letter among them, a letter or digit first."""
    return (
        2 <= len(text) <= LONGEST_SHORT_FORM
        and len(text.split()) <= MOST_SHORT_WORDS
        and text[0].isalnum()
        and ". " not in text  # i. e.
        and any(char.isalpha() and char.isascii() for char in text)
    )


def _align(short: str, text: str, low: int, high: int) -> int | None:
    """Where the long form of `short` begins within text[low:high], or None.

    From the right, each letter or digit of the short form takes the last place left for it; the first one must begin a
    word.
    """
    place = high
    for index in range(len(short) - 1, -1, -1):
        char = short[index].lower()
        if not char.isalnum():
            continue
        place -= 1
        while place >= low and (
            text[place].lower() != char or (index == 0 and place > low and text[place - 1].isalnum())
        ):
            place -= 1
        if place < low:
            return None
    while place > low and not text[place - 1].isspace():  # "non-Hodgkin": the whole word belongs to it
        place -= 1
    return place if len(text[place:high]) > len(short) and short not in text[place:high].split() else None


def _clause_start(text: str, end: int, window: int = 400) -> int:
    """Where the clause that ends at `end` begins; at most `window` characters back."""
    low = max(0, end - window)
    marks = list(_CLAUSE_END.finditer(text, low, end))
    return marks[-1].end() if marks else low


def _last_words(text: str, low: int, high: int, words: int) -> int:
    """Where the last `words` words of text[low:high] begin."""
    begins = [low + match.start() for match in re.finditer(r"\S+", text[low:high])]
    return begins[-words] if len(begins) >= words else (begins[0] if begins else high)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space around it."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
