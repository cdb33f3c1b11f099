"""What can be told about a span once all candidates of all spans have a score, one row of numbers per span."""

from __future__ import annotations

import numpy as np

from nlpx.tasks.entity_linking.linker.proposals import Spans, overlapping
from nlpx.tasks.entity_linking.linker.ranked import ranked

NAMES = (
    "best score",
    "second score",
    "gap to second",
    "sum of scores",
    "candidates",
    "best of overlapping",
    "sum of overlapping",
    "over the best overlapping",
    "best of others in text",
    "sum of others in text",
)


def best_rows(span: np.ndarray, scores: np.ndarray, spans: int) -> np.ndarray:
    """The row with the highest score of each span, the first of equals; -1 for spans without any, int64 (spans,).

    Args:
        span: the span of each row, ascending.
        scores: of the rows.
    """
    best = np.full(spans, -1, np.int64)
    found = ranked(span, scores).best
    best[span[found]] = found
    return best


def score_features(spans: Spans, span: np.ndarray, scores: np.ndarray, best: np.ndarray) -> np.ndarray:
    """The features of `NAMES`, float32 (spans, features).

    Args:
        span, scores: of the rows of candidates.
        best: what `best_rows` says.
    """
    some, size = best >= 0, len(spans)
    top, second = np.zeros(size), np.zeros(size)
    top[some] = scores[best[some]]
    rest = scores.copy()
    rest[best[some]] = 0
    np.maximum.at(second, span, rest)
    total, count = np.bincount(span, scores, size), np.bincount(span, minlength=size)
    beside, beside_sum = _of_overlapping(spans, top)
    other, other_sum = _of_others(spans.text, top)
    columns = (top, second, top - second, total, count, beside, beside_sum, top - beside, other, other_sum)
    return np.stack(columns, axis=1).astype(np.float32)


def _of_overlapping(spans: Spans, top: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Highest and sum of the scores of spans that share a character."""
    first, second = overlapping(spans)
    highest = np.zeros(len(spans))
    np.maximum.at(highest, first, top[second])
    np.maximum.at(highest, second, top[first])
    both = np.bincount(first, top[second], len(spans)) + np.bincount(second, top[first], len(spans))
    return highest, both


def _of_others(text: np.ndarray, top: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Highest and sum of the scores of all other spans of the text."""
    if not len(text):
        return top, top
    order, heads, sizes = ranked(text, top)
    first = np.zeros(len(text), bool)
    first[order[heads]] = True
    runner = np.where(sizes > 1, top[order[np.minimum(heads + 1, len(text) - 1)]], 0.0)
    highest = np.where(first, np.repeat(runner, sizes), np.repeat(top[order[heads]], sizes))
    return highest, np.repeat(np.add.reduceat(top, heads), sizes) - top
