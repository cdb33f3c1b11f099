"""From scores to links, each with its candidates and, where it is dropped, the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nlpx.tasks.entity_linking.example import Candidate, Link, Prediction
from nlpx.tasks.entity_linking.linker.decode import choose
from nlpx.tasks.entity_linking.linker.scorer import Rows
from nlpx.tasks.entity_linking.linker.second_look import best_rows

REASONS = ("", "overlap", "below threshold", "nil", "no candidate")
KEPT, OVERLAP, BELOW, NIL, NONE = range(len(REASONS))


@dataclass(slots=True)
class Decision:
    """Which candidates are the answer.

    Attributes:
        best: the best row of each span, -1 where it has none, int64 (spans,).
        reasons: index in `REASONS` for each span, int (spans,).
        kept: rows that are part of the answer, bool (rows,).
    """

    best: np.ndarray
    reasons: np.ndarray
    kept: np.ndarray


def decide_detected(
    rows: Rows, scores: np.ndarray, threshold: float, nil: np.ndarray, *, nesting: bool
) -> Decision:
    """The best candidates of the spans that gain most together.

    Args:
        nil: spans whose surface the training texts mostly call NIL, bool (spans,).
    """
    best = best_rows(rows.span, scores, len(rows.spans))
    some = best >= 0
    top = np.where(some, scores[best] if len(scores) else 0.0, -1.0)
    chosen = choose(rows.spans, top - threshold, nesting=nesting)
    low = np.where(nil, NIL, BELOW)
    reasons = np.select([~some, top <= threshold, ~chosen], [NONE, low, OVERLAP], KEPT)
    kept = np.zeros(len(rows), bool)
    kept[best[chosen]] = True
    return Decision(best, reasons, kept)


def decide_given(rows: Rows, scores: np.ndarray, threshold: float, *, nil: bool, several: bool) -> Decision:
    """The best candidate of every span, and others of it that exceed the threshold.

    Args:
        nil: whether the best must exceed the threshold too.
        several: whether a span may mean several entities.
    """
    best = best_rows(rows.span, scores, len(rows.spans))
    some = best >= 0
    kept = scores > threshold if several else np.zeros(len(rows), bool)
    sure = np.zeros(len(rows.spans), bool)
    sure[some] = (scores[best[some]] > threshold) | (not nil)
    kept[best[sure]] = True
    return Decision(best, np.select([~some, ~sure], [NONE, NIL], KEPT), kept)


def light_predictions(
    rows: Rows, decision: Decision, texts: int, id_of: Callable[[int], str]
) -> list[Prediction]:
    """Answers without candidates and reasons, for scoring thresholds."""
    found: list[Prediction] = [Prediction() for _ in range(texts)]
    kept = np.flatnonzero(decision.kept)
    span = rows.span[kept]
    places = (rows.spans.text[span], rows.spans.start[span], rows.spans.end[span], rows.entity[kept])
    for text, start, end, entity in zip(*(column.tolist() for column in places), strict=True):
        found[text].links.append(Link(start, end, id_of(entity)))
    return found


def links_of(
    rows: Rows,
    scores: np.ndarray,
    decision: Decision,
    parts: dict[str, np.ndarray],
    id_of: Callable[[int], str],
) -> list[list[Link]]:
    """The links of each span: those that are kept, or one that says why there is none.

    Args:
        parts: what to tell about each row besides its score, (rows,) by name.
    """
    order = np.lexsort((-scores, rows.span))
    candidates = _candidates(rows.entity[order], scores[order], _told(parts, order), id_of)
    kept = decision.kept[order].tolist()
    bounds = np.searchsorted(rows.span, np.arange(len(rows.spans) + 1)).tolist()
    places = zip(rows.spans.start.tolist(), rows.spans.end.tolist(), strict=True)
    found = []
    for (start, end), (low, high), code in zip(
        places, pairwise(bounds), decision.reasons.tolist(), strict=True
    ):
        own = candidates[low:high]
        said = [one for one, yes in zip(own, kept[low:high], strict=True) if yes]
        if said:
            found.append([Link(start, end, one.entity_id, one.score, own, len(own)) for one in said])
        else:
            id, score = (own[0].entity_id, own[0].score) if own else (None, 0.0)
            found.append([Link(start, end, id, score, own, len(own), REASONS[code])])
    return found


def _candidates(
    entity: np.ndarray,
    scores: np.ndarray,
    told: Sequence[dict[str, float]],
    id_of: Callable[[int], str],
) -> list[Candidate]:
    ids = map(id_of, entity.tolist())
    return [Candidate(*one) for one in zip(ids, scores.tolist(), told, strict=True)]


def _told(parts: dict[str, np.ndarray], order: np.ndarray) -> list[dict[str, float]]:
    names = tuple(parts)
    if not names:
        return [{} for _ in range(len(order))]
    columns = [parts[name][order].tolist() for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
