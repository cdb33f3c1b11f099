"""Tokens and their ids: 0 is padding, 1 is unknown, real tokens start at 2."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import repeat

import numpy as np

from nlpx.errors import DataError
from nlpx.text.normalize import CODE_POINTS

PADDING = 0
UNKNOWN = 1
FIRST = 2


class Vocabulary:
    """An ordered set of tokens; the id of the n-th (from 0) is ``n + 2``.

    Args:
        tokens: distinct strings in the order of their ids. Raises ValueError where one comes twice.
    """

    def __init__(self, tokens: Iterable[str] = ()) -> None:
        self.tokens = tuple(tokens)
        self._ids = {token: index for index, token in enumerate(self.tokens, FIRST)}
        if len(self._ids) != len(self.tokens):
            raise ValueError("the tokens of a vocabulary must be distinct")
        self._code_table: np.ndarray | None = None

    @classmethod
    def from_counts(
        cls, counts: Mapping[str, int], min_count: int = 1, extra: Iterable[str] = ()
    ) -> Vocabulary:
        """Tokens counted `min_count` times, most frequent first (then by code point), then `extra`."""
        kept = sorted(
            (token for token in counts if counts[token] >= min_count), key=lambda t: (-counts[t], t)
        )
        return cls(dict.fromkeys([*kept, *extra]))

    def __len__(self) -> int:
        """Number of ids, padding and unknown included: the rows of an embedding."""
        return len(self.tokens) + FIRST

    def __contains__(self, token: str) -> bool:
        return token in self._ids

    def ids(self, tokens: Iterable[str]) -> np.ndarray:
        """Ids of tokens, int32 `(length,)`; what is not in the vocabulary becomes 1."""
        return np.fromiter(map(self._ids.get, tokens, repeat(UNKNOWN)), dtype=np.int32)

    def character_ids(self, codes: np.ndarray) -> np.ndarray:
        """Ids of characters given as code points, int32 `(length,)`: `ids` by one table look-up."""
        if self._code_table is None:
            self._code_table = self._make_code_table()
        return self._code_table[codes]

    def _make_code_table(self) -> np.ndarray:
        table = np.full(CODE_POINTS, UNKNOWN, dtype=np.int32)
        for token, index in self._ids.items():
            if len(token) == 1:
                table[ord(token)] = index
        return table

    def to_text(self) -> str:
        """One token a line; characters that would break a line are escaped as ``\\uXXXX``."""
        return "".join(f"{escape(token)}\n" for token in self.tokens)

    @classmethod
    def from_text(cls, text: str) -> Vocabulary:
        """What `to_text` wrote. Raises DataError where a token comes twice or the last line is cut."""
        lines = text.split("\n")
        if lines.pop():
            raise DataError(
                "the last line of the vocabulary does not end", "The file was cut; write it again."
            )
        tokens = [unescape(line) for line in lines]
        if len(set(tokens)) != len(tokens):
            twice = next(token for token, count in Counter(tokens).items() if count > 1)
            raise DataError(f"the vocabulary holds {twice!r} twice", "Each token may come once.")
        return cls(tokens)


_UNSAFE = re.compile(r"[\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")


def escape(token: str) -> str:
    """The token as printable text on one line; `unescape` reverses it."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", token)


def unescape(line: str) -> str:
    """The token that `escape` wrote."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), line)
