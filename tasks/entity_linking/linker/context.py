"""What the text around a span and what is told about a candidate have in common."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from nlpx.tasks.entity_linking.knowledge_base.folding import folding
from nlpx.tasks.entity_linking.linker.candidates import Candidates
from nlpx.tasks.entity_linking.linker.entity_facts import LONGEST, SHORTEST, EntityFacts
from nlpx.tasks.entity_linking.linker.proposals import Spans
from nlpx.tasks.entity_linking.linker.tokens import substring_hashes, tokenize
from nlpx.tasks.entity_linking.linker.word_windows import SpanWords, Windows, WordTable
from nlpx.text.normalize import code_points

SPANS = 64
"""Spans at a time, so that a byte for each hashed word and span stays in the cache."""
NAMES = ("words", "rare words", "share of words", "longest run", "names in description", "values in text")


def context_features(
    facts: EntityFacts, texts: Sequence[str], spans: Spans, found: Candidates
) -> dict[str, np.ndarray]:
    """The features of `NAMES`, float (rows,) each.

    ``words`` counts the words of the text that the description has, ``rare words`` adds up their idf and ``share of
    words`` divides it by that of all words; ``longest run`` is of such words in a row; ``names in description`` counts
    other spans of the text all of whose words it has; ``values in text`` counts the short attribute values that occur
    in the text. Words that touch the span itself don't count.
    """
    words = np.zeros((len(found), 5))
    around = SpanWords(tokenize(texts), len(texts), spans)
    table = WordTable(SPANS)
    bounds = np.searchsorted(found.span, np.arange(0, len(spans) + SPANS, SPANS))
    for block, (begin, end) in enumerate(pairwise(bounds.tolist())):
        if begin == end:
            continue
        low = block * SPANS
        windows = around.windows(low, min(low + SPANS, len(spans)))
        span, entity = found.span[begin:end] - low, found.entity[begin:end]
        had, rarity = table.compare(facts, windows, span, entity)
        whole = (facts.rarity[windows.bucket] * windows.real).sum(axis=1)
        words[begin:end] = np.stack(
            [
                had.sum(axis=1),
                rarity,
                rarity / np.maximum(whole[span], 1e-6),
                _longest_run(had),
                _covered_names(windows, span, had),
            ],
            axis=1,
        )
    values = _values_in_text(facts, texts, spans, found)
    return dict(zip(NAMES, [*words.T, values], strict=True))


def _longest_run(flags: np.ndarray) -> np.ndarray:
    """The most flags in a row, (rows,)."""
    place = np.arange(1, flags.shape[1] + 1)
    gap = np.maximum.accumulate(np.where(flags, 0, place), axis=1)
    return (place - gap).max(axis=1, initial=0)


def _covered_names(windows: Windows, span: np.ndarray, had: np.ndarray) -> np.ndarray:
    """How many of the other spans have only words that the candidate's description has, (rows,)."""
    bounds = np.searchsorted(windows.others[:, 0], np.arange(len(windows.real) + 1))
    sizes = np.diff(bounds)[span]
    row = np.repeat(np.arange(len(span)), sizes)
    within = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    _, low, high = windows.others[bounds[span][row] + within].T
    sums = np.zeros((len(had), had.shape[1] + 1), np.int32)
    np.cumsum(had, axis=1, out=sums[:, 1:])
    return np.bincount(row[sums[row, high] - sums[row, low] == high - low], minlength=len(span))


def _values_in_text(facts: EntityFacts, texts: Sequence[str], spans: Spans, found: Candidates) -> np.ndarray:
    """How many short attribute values of each candidate occur in the text outside of the span, (rows,)."""
    keys, start, end = _substrings(texts)
    value, row = facts.values.take(found.entity)
    if not len(keys) or not len(value):
        return np.zeros(len(found))
    span = found.span[row]
    at = np.minimum(np.searchsorted(keys, _key(spans.text[span], value)), len(keys) - 1)
    same = keys[at] == _key(spans.text[span], value)
    apart = (end[at] <= spans.start[span]) | (start[at] >= spans.end[span])
    return np.bincount(row[same & apart], minlength=len(found))


def _substrings(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Key, start and end of all stretches that may be values, each key once, ascending."""
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    codes = folding()[code_points("\0".join([*texts, ""]))]
    text = np.repeat(np.arange(len(texts)), sizes + 1)
    place = np.arange(len(codes)) - np.repeat(np.cumsum(sizes + 1) - sizes - 1, sizes + 1)
    hashes = substring_hashes(codes)
    parts = []
    for length in range(SHORTEST, LONGEST + 1):
        at = np.flatnonzero(place + length <= sizes[text])
        parts.append((_key(text[at], hashes(at, at + length)), place[at], place[at] + length))
    key, start, end = (np.concatenate(column) for column in zip(*parts, strict=True))
    key, first = np.unique(key, return_index=True)
    return key, start[first], end[first]


def _key(text: np.ndarray, hashed: np.ndarray) -> np.ndarray:
    """A number for a string in a text: equal for equal ones, and hardly ever for others."""
    return hashed ^ (text.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F))
