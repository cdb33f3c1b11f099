"""Words of a text, by rjieba, so that no character is ever lost or moved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from types import ModuleType
from typing import NamedTuple

_SURROGATE = re.compile(r"[\ud800-\udfff]")


class Word(NamedTuple):
    """A word at `[start, end)` of the raw text, with its part of speech (``ns``, ``v``; ``x`` unknown)."""

    start: int
    end: int
    tag: str


def tag(text: str) -> list[Word]:
    """Words that cover the text without gap or overlap, with parts of speech."""
    pairs = _rjieba().tag(_encodable(text))
    return _locate(text, [word for word, _ in pairs], [part for _, part in pairs])


def cut(text: str) -> list[str]:
    """Words that joined give the text again."""
    return [text[word.start : word.end] for word in _locate(text, _rjieba().cut(_encodable(text)))]


def segmenter() -> Callable[[str], list[str]]:
    """The bare segmenter, for long corpora where no offset matters: faster than `cut`, and may drop characters."""
    segment: Callable[[str], list[str]] = _rjieba().cut
    return segment


def dictionary_words(text: str) -> list[tuple[int, int]]:
    """Spans of all words of the segmenter's dictionary inside the text, nested ones included, sorted.

    Single characters are words too where the segmenter says so.
    """
    spans: list[tuple[int, int]] = []
    last = (0, 0)
    for word in _rjieba().cut_all(_encodable(text)):
        start = text.find(word, last[0])
        if (start, start + len(word)) <= last:
            start = text.find(word, last[0] + 1)
        if start >= 0:
            last = (start, start + len(word))
            spans.append(last)
    return spans


def part_of_speech(word: str) -> str:
    """The part of speech of a word by itself; ``x`` where the segmenter splits it."""
    words = tag(word)
    return words[0].tag if len(words) == 1 else "x"


def _locate(text: str, words: Sequence[str], tags: Sequence[str] = ()) -> list[Word]:
    """Words with their places; characters the segmenter dropped or changed become words of one character."""
    if sum(map(len, words)) == len(text):  # the usual case: nothing was dropped
        return list(_consecutive(words, tags))
    located: list[Word] = []
    for index, word in enumerate(words):
        done = located[-1].end if located else 0
        start = text.find(word, done)
        if word and start >= 0:
            located += (Word(gap, gap + 1, "x") for gap in range(done, start))
            located.append(Word(start, start + len(word), tags[index] if tags else "x"))
    done = located[-1].end if located else 0
    return located + [Word(gap, gap + 1, "x") for gap in range(done, len(text))]


def _consecutive(words: Sequence[str], tags: Sequence[str]) -> Iterator[Word]:
    end = 0
    for index, word in enumerate(words):
        start, end = end, end + len(word)
        if word:
            yield Word(start, end, tags[index] if tags else "x")


def _encodable(text: str) -> str:
    """The text with lone surrogates, which the segmenter can't take, replaced; as long as before."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


@cache
def _rjieba() -> ModuleType:
    """Imported when a word is first asked for: it reads its dictionary then."""
    import rjieba

    return rjieba
