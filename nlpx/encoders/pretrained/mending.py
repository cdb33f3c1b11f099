"""What the library of tokenizers sees otherwise than BERT's own code, mended in the text before it gets there."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tokenizers

NOTHING = "\ufffd"
"""Stands for no character, and is skipped."""
ACCENT, MARK = "\u0301", "\u2056"
"""An accent and a punctuation mark that the library knows; the mark is in no vocabulary."""
IDEOGRAPH = "\U0002ceaf"
"""An ideograph that is in no vocabulary, for those that the library overlooks: the first ones of extension E."""

_OVERLOOKED = range(0x2B820, 0x2B920)
_SIGMA = re.compile(r"\S*Σ\S*")


class Mender:
    """Replaces characters one by one, so that offsets stay right.

    - A lone surrogate, which cannot be encoded, is skipped.
    - The library's Unicode is older than Python's: what it does not know for a punctuation mark, an accent or a control
      character is replaced by one that it knows, unless the vocabulary has the character itself.
    - A capital Σ at the end of a word becomes ς where case is folded, as in Python.

    Args:
        library: a tokenizer with normalizer and pre-tokenizer.
        known: characters that the vocabulary has.
        lower, strips, clean: whether case is folded, accents are taken off, control characters are skipped.
    """

    def __init__(
        self, library: tokenizers.Tokenizer, known: frozenset[str], *, lower: bool, strips: bool, clean: bool
    ) -> None:
        self._library, self._lower, self._strips, self._clean = library, lower, strips, clean
        self._seen = set(known)
        self._instead: dict[int, str] = {}

    def __call__(self, text: str) -> str:
        """A text of the same length."""
        if text.isascii():
            return text
        for new in set(text) - self._seen:
            if (other := self._other(new)) != new:
                self._instead[ord(new)] = other
            self._seen.add(new)
        if self._lower and "Σ" in text:
            text = _SIGMA.sub(lambda match: self._final_sigmas(match[0]), text)
        return text.translate(self._instead) if self._instead else text

    def _other(self, char: str) -> str:
        """What is put for a character: itself, as a rule."""
        kind = unicodedata.category(char)
        if kind == "Cs":
            return NOTHING
        if ord(char) in _OVERLOOKED:
            return IDEOGRAPH
        if kind == "Cf" and self._clean and not self._skips(char):
            return NOTHING
        if kind == "Mn" and self._strips and not self._skips(char):
            return ACCENT
        return MARK if kind.startswith("P") and not self._parts(char) else char

    def _skips(self, char: str) -> bool:
        return bool(self._library.normalizer.normalize_str(f"a{char}b") == "ab")

    def _parts(self, char: str) -> bool:
        return len(self._library.pre_tokenizer.pre_tokenize_str(f"a{char}b")) > 1

    def _final_sigmas(self, word: str) -> str:
        """A word between blanks whose last Σ, by Python's rule, is ς; what is skipped is no part of it."""
        kept = [at for at, char in enumerate(word) if not (self._clean and _is_control(char))]
        plain = "".join(word[at] for at in kept)
        lower = plain.lower()
        found = list(word)
        for place, at in enumerate(kept):
            if word[at] == "Σ":  # one character may become several, of which none is a sigma
                found[at] = lower[len(plain[:place].lower())].replace("σ", "Σ")
        return "".join(found)


def _is_control(char: str) -> bool:
    return char in "\x00\ufffd" or (char not in "\t\n\r" and unicodedata.category(char) in ("Cc", "Cf"))
