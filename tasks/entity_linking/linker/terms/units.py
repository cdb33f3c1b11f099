"""The units that terms are made of: words where blanks are written between them, else single characters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlpx.tasks.entity_linking.knowledge_base.folding import folding
from nlpx.tasks.entity_linking.linker.ragged import Ragged
from nlpx.tasks.entity_linking.linker.tokens import substring_hashes, unspaced_letters
from nlpx.text.normalize import code_points
from nlpx.text.word_bounds import word_characters

WORD = np.uint64(1 << 63)
"""Set in the hashes of words, which also numbers are."""


def split_units(strings: Sequence[str]) -> Ragged:
    """Hashes of the units of each string in order, uint64 above 0."""
    sizes = np.fromiter(map(len, strings), np.int64, len(strings))
    codes = folding()[code_points("\0".join([*strings, ""]))]
    word, single = word_characters()[codes], unspaced_letters()[codes]
    heads = np.flatnonzero(word & ~np.append(False, word[:-1]))
    ends = np.flatnonzero(word & ~np.append(word[1:], False)) + 1
    at = np.flatnonzero(single)
    hashes = np.concatenate([_stem_hashes(codes, heads, ends) | WORD, codes[at].astype(np.uint64)])
    place = np.concatenate([heads, at])
    order = np.argsort(place, kind="stable")
    owner = np.repeat(np.arange(len(strings)), sizes + 1)[place[order]]
    return Ragged.of(np.bincount(owner, minlength=len(strings)), hashes[order])


def _stem_hashes(codes: np.ndarray, heads: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Hashes of words without the s of a plural."""
    long = ends - heads > 3
    last, before = codes[ends - 1], codes[np.maximum(ends - 2, 0)]
    plural = long & (last == ord("s")) & ~np.isin(before, [ord(char) for char in "sui"])
    return substring_hashes(codes)(heads, ends - plural)


def padded(units: Ragged, most: int) -> np.ndarray:
    """The first `most` units of each list, filled up with 0, uint64 (lists, length of the longest)."""
    sizes = np.minimum(units.ends - units.starts, most)
    place = np.arange(int(sizes.max(initial=0)))
    real = place < sizes[:, None]
    at = np.where(real, units.starts[:, None] + place, 0)
    filler = np.zeros(1, np.uint64)
    return np.where(real, (units.values if len(units.values) else filler)[at], np.uint64(0))
