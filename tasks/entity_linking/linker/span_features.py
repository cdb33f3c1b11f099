"""What can be told about a span before its candidates are looked at, one row of numbers per span."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nlpx.tasks.entity_linking.linker.proposals import Spans, on_best_path, overlapping
from nlpx.tasks.entity_linking.linker.surface_counts import NeighbourCounts, SurfaceTable, neighbours
from nlpx.text.normalize import code_points
from nlpx.text.word_bounds import word_characters

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

Columns = dict[str, np.ndarray]

PRIOR, WEIGHT = 0.3, 2.0
"""The link rate that a surface is taken to have before it is seen, and how many occurrences this is worth."""


def span_features(
    kb: KnowledgeBase,
    texts: Sequence[str],
    spans: Spans,
    folds: np.ndarray,
    table: SurfaceTable | None,
    beside: NeighbourCounts | None,
    *,
    groups: Sequence[str] = ("shape", "statistics", "neighbours", "nesting"),
) -> tuple[list[str], np.ndarray]:
    """Names of the features, and their values, float32 (spans, features).

    Args:
        folds: the fold of each text, `surface_counts.ALL` for texts that were not counted.
        table, beside: counts of the training texts; None where they are switched off.
        groups: the kinds of features to give.
    """
    span_folds = folds[spans.text]
    rates = np.zeros(len(spans), np.float32)
    columns = _shape(kb, texts, spans) if "shape" in groups else {}
    columns |= {f"span {key}": values for key, values in sorted(spans.extra.items())}
    if table is not None and "statistics" in groups:
        statistics = _statistics(table, texts, spans, span_folds)
        columns |= statistics
        rates = statistics["link rate"]
    if beside is not None and "neighbours" in groups:
        sides = beside.rates(spans, texts, span_folds)
        columns |= {"link rate before": sides[:, 0], "link rate after": sides[:, 1]}
    if "nesting" in groups:
        columns |= _nesting(texts, spans, rates)
    return [*columns], np.stack([*columns.values()], axis=1).astype(np.float32)


def _shape(kb: KnowledgeBase, texts: Sequence[str], spans: Spans) -> Columns:
    """How it looks and where it is."""
    lengths = np.array([len(text) for text in texts], np.float32)[spans.text]
    before, after = neighbours(spans, texts).T
    wordlike = word_characters()
    known = spans.name >= 0
    counts = np.zeros(len(spans), np.float32)
    counts[known] = kb.candidate_counts(spans.name[known])
    return {
        "length": (spans.end - spans.start).astype(np.float32),
        "start": spans.start.astype(np.float32),
        "to the end": lengths - spans.end,
        "length of text": lengths,
        "share of text": (spans.end - spans.start) / np.maximum(lengths, 1),
        "in title marks": _one_of(before, "《「『“\"'〈") * 1.0 + 2.0 * _one_of(after, "》」』”\"'〉"),
        "character before": _kind(before, wordlike),
        "character after": _kind(after, wordlike),
        "latin share": _latin_share(texts, spans),
        "source": spans.source.astype(np.float32),
        "entities of name": counts,
        "times in text": _repeats(spans),
    }


def _statistics(table: SurfaceTable, texts: Sequence[str], spans: Spans, folds: np.ndarray) -> Columns:
    """How the training texts treat its surface."""
    counts = table.of(table.rows(spans, texts), folds)
    matched, linked, nil, texts_linked, texts_left, entities, top = counts.T
    rate = (linked + PRIOR * WEIGHT) / (matched + WEIGHT)
    return {
        "link rate": rate,
        "nil rate": nil / (matched + WEIGHT),
        "text link rate": (texts_linked + PRIOR) / (texts_linked + texts_left + 1),
        "seen": np.log1p(matched),
        "seen linked": np.log1p(linked),
        "entities linked": entities,
        "top share": top / np.maximum(linked, 1),
        "highest rate in text": _in_text(np.maximum, rate, spans.text),
        "sum of rates in text": _in_text(np.add, rate, spans.text) - rate,
    }


def _nesting(texts: Sequence[str], spans: Spans, rates: np.ndarray) -> Columns:
    """What else is found in the same characters."""
    first, second = overlapping(spans)
    a, b = np.concatenate([first, second]), np.concatenate([second, first])  # a is told about b
    inside = (spans.start[b] <= spans.start[a]) & (spans.end[a] <= spans.end[b])
    around = (spans.start[a] <= spans.start[b]) & (spans.end[b] <= spans.end[a])
    columns: Columns = {"on best path": on_best_path(spans, texts)}
    for kind, chosen in {"around": inside, "inside": around, "across": ~inside & ~around}.items():
        one, other = a[chosen], b[chosen]
        columns[f"spans {kind}"] = np.bincount(one, minlength=len(spans))
        columns[f"highest rate {kind}"] = _highest(one, rates[other], len(spans))
    columns["longest around"] = _highest(a[inside], spans.end[b[inside]] - spans.start[b[inside]], len(spans))
    columns["rate over rivals"] = rates - _highest(a, rates[b], len(spans))
    return columns


def _highest(rows: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """The highest value of each row, 0 where it has none, float32 (size,)."""
    highest = np.zeros(size, np.float32)
    np.maximum.at(highest, rows, values.astype(np.float32))
    return highest


def _in_text(reduce: np.ufunc, values: np.ndarray, text: np.ndarray) -> np.ndarray:
    """What is reduced over each span's text, one value per span."""
    if not len(text):
        return values
    heads = np.flatnonzero(np.diff(text, prepend=-1))
    reduced: np.ndarray = reduce.reduceat(values, heads)
    return np.repeat(reduced, np.diff(heads, append=len(text)))


def _repeats(spans: Spans) -> np.ndarray:
    """How often its name is found in its text."""
    key = spans.text.astype(np.int64) << 32 | spans.name.astype(np.int64) + 1
    _, where, counts = np.unique(key, return_inverse=True, return_counts=True)
    return counts[where].astype(np.float32)


def _one_of(codes: np.ndarray, characters: str) -> np.ndarray:
    return np.isin(codes, code_points(characters))


def _kind(codes: np.ndarray, wordlike: np.ndarray) -> np.ndarray:
    """0 beyond the text, 1 Chinese and the like, 2 letters and digits, 3 all else."""
    kinds = np.where(wordlike[codes], 2.0, np.where((codes >= 0x2E80) & ~_is_mark(codes), 1.0, 3.0))
    return np.where(codes == 0, 0.0, kinds)


def _is_mark(codes: np.ndarray) -> np.ndarray:
    """Chinese punctuation and full-width signs."""
    return ((codes >= 0x3000) & (codes < 0x3040)) | ((codes >= 0xFF00) & (codes < 0xFFF0))


def _latin_share(texts: Sequence[str], spans: Spans) -> np.ndarray:
    """Share of letters and digits written with blanks between words."""
    codes = code_points("\0".join(texts) + "\0")
    sums = np.concatenate([[0], np.cumsum(word_characters()[codes])])
    begins = np.cumsum([0, *(len(text) + 1 for text in texts)])[spans.text]
    inside = sums[begins + spans.end] - sums[begins + spans.start]
    return inside / np.maximum(spans.end - spans.start, 1)
