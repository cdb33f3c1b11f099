"""What all readers of column files agree on: what is no token, what is a tag, and how tokens make a text."""

from __future__ import annotations

import re
from collections.abc import Sequence

Offsets = list[tuple[int, int]]

MARKERS = ("-DOCSTART", "-DOCEND", "<doc", "</doc")
TAG = re.compile(r"O|[BIMESLU]([-_].*)?", re.DOTALL)
BLANKS = re.compile(r"[ \t]+")
CHARACTER_SHARE = 0.7  # of one-character tokens, from which on a file is character-based
CJK = (("\u2e80", "\u9fff"), ("\uf900", "\ufaff"), ("\uff00", "\uffef"))


def is_marker(token: str) -> bool:
    """Whether a token stands for the border of a document, such as `-DOCSTART-`."""
    return token.startswith(MARKERS)


def unit_of(tokens: Sequence[str]) -> str:
    """`char` where most tokens are single characters, else `word`."""
    single = sum(len(token) == 1 for token in tokens)
    return "char" if single >= CHARACTER_SHARE * len(tokens) else "word"


def join_tokens(tokens: list[str], unit: str) -> tuple[str, Offsets | None]:
    """The text of the tokens, and their offsets unless every character is a token.

    Between two words stands a blank unless both sides are Chinese or Japanese.
    """
    if unit == "char":
        text = "".join(tokens)
        if len(text) == len(tokens):
            return text, None
    parts: list[str] = []
    offsets: Offsets = []
    position = 0
    for token in tokens:
        if unit == "word" and parts and not (_is_cjk(parts[-1][-1]) and _is_cjk(token[0])):
            parts.append(" ")
            position += 1
        parts.append(token)
        offsets.append((position, position + len(token)))
        position += len(token)
    return "".join(parts), offsets


def _is_cjk(character: str) -> bool:
    """Whether a character belongs to a script that is written without blanks between words."""
    return any(first <= character <= last for first, last in CJK)
