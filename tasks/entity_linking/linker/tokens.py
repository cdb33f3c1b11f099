"""Texts as bags of hashed words: whole words where blanks are written between them, else pairs of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nlpx.tasks.entity_linking.knowledge_base.folding import folding
from nlpx.text.normalize import CODE_POINTS, code_points
from nlpx.text.word_bounds import FIRST_UNSPACED, word_characters

BUCKETS = 1 << 16
"""What words are hashed to; descriptions of some hundred words rarely meet a short text's by accident."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(slots=True)
class Tokens:
    """Words of several texts in reading order; all arrays `(tokens,)`.

    Attributes:
        text: 0-based number of its text, int64.
        start, end: half-open characters of that text, int64.
        bucket: hash of the folded word, uint16.
    """

    text: np.ndarray
    start: np.ndarray
    end: np.ndarray
    bucket: np.ndarray


def tokenize(texts: Sequence[str]) -> Tokens:
    """The words of texts; those of text i come before those of text i + 1."""
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    codes = folding()[code_points("\0".join([*texts, ""]))]
    begins = np.cumsum(sizes + 1) - sizes - 1
    word, unspaced = word_characters()[codes], unspaced_letters()[codes]
    first_word = word.copy()
    first_word[1:] &= ~word[:-1]
    heads = np.flatnonzero(first_word)
    ends = np.flatnonzero(word & ~np.append(word[1:], False)) + 1
    pairs = np.flatnonzero(unspaced[1:] & unspaced[:-1])
    start = np.concatenate([heads, pairs])
    end = np.concatenate([ends, pairs + 2])
    hashed = np.concatenate([_hash_runs(codes, heads, ends), _hash_pairs(codes, pairs)])
    order = np.argsort(start, kind="stable")
    start, end, hashed = start[order], end[order], hashed[order]
    text = np.searchsorted(begins, start, side="right") - 1
    return Tokens(text, start - begins[text], end - begins[text], (hashed >> np.uint64(48)).astype(np.uint16))


@lru_cache(maxsize=1)
def unspaced_letters() -> np.ndarray:
    """True for letters that are written without blanks between words, bool `(code points,)`; read-only."""
    table = np.zeros(CODE_POINTS, bool)
    table[FIRST_UNSPACED:0x10000] = [chr(code).isalnum() for code in range(FIRST_UNSPACED, 0x10000)]
    table[0x20000:0x32000] = True  # rare Chinese characters
    table &= ~word_characters()
    table.flags.writeable = False
    return table


def _hash_pairs(codes: np.ndarray, at: np.ndarray) -> np.ndarray:
    return ((codes[at].astype(np.uint64) << np.uint64(21)) + codes[at + 1]) * _MULTIPLIER


def _hash_runs(codes: np.ndarray, heads: np.ndarray, ends: np.ndarray) -> np.ndarray:
    return substring_hashes(codes)(heads, ends) * _MULTIPLIER if len(heads) else np.zeros(0, np.uint64)


class substring_hashes:
    """Hashes of stretches of a string, all of them from one pass over it; equal stretches have equal hashes.

    With ``S[i]`` the sum of ``x[j] B^j`` over j < i modulo 2^64, the hash of [a, b) is ``(S[b] - S[a]) B^-a``, times
    the length so that nothing and a run of zeros differ.
    """

    _BASE = 0xD6E8FEB86659FD93
    _INVERSE = pow(_BASE, -1, 1 << 64)

    def __init__(self, codes: np.ndarray) -> None:
        mixed = (codes.astype(np.uint64) + np.uint64(1)) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
        powers = np.full(len(codes) + 1, self._BASE, np.uint64)
        powers[0] = 1
        np.multiply.accumulate(powers, out=powers)
        self._sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed * powers[:-1], dtype=np.uint64)])
        inverse = np.full(len(codes) + 1, self._INVERSE, np.uint64)
        inverse[0] = 1
        self._inverse = np.multiply.accumulate(inverse)

    def __call__(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Hashes of stretches, uint64."""
        return (self._sums[ends] - self._sums[starts]) * self._inverse[starts]
