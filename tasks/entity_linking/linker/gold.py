"""What the gold says about spans and their candidates, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nlpx.tasks.entity_linking.example import Example, Place
from nlpx.tasks.entity_linking.linker.proposals import Spans


def gold_pairs(
    examples: Sequence[Example], spans: Spans, index_of: Callable[[str], int | None]
) -> tuple[np.ndarray, np.ndarray]:
    """(row in `spans`, index of the entity) of all gold links at one of the spans, int64, by span.

    Args:
        index_of: index of an id, None where no candidate can have it.
    """
    rows: list[int] = []
    entities: list[int] = []
    row_of = _rows_by_place(spans, len(examples))
    for example, places in zip(examples, row_of, strict=True):
        for mention in example.tidy():
            row = places.get(mention.place)
            index = index_of(mention.entity_id) if mention.entity_id and row is not None else None
            if row is not None and index is not None:
                rows.append(row)
                entities.append(index)
    return np.array(rows, np.int64), np.array(entities, np.int64)


def linked_spans(examples: Sequence[Example], spans: Spans) -> np.ndarray:
    """Whether the gold links each span, be it to an entity that is no candidate, bool (spans,)."""
    linked = np.zeros(len(spans), bool)
    for example, places in zip(examples, _rows_by_place(spans, len(examples)), strict=True):
        for mention in example.tidy():
            row = places.get(mention.place)
            if row is not None and mention.entity_id is not None:
                linked[row] = True
    return linked


def right_rows(
    pairs: tuple[np.ndarray, np.ndarray], span: np.ndarray, entity: np.ndarray, entities: int
) -> np.ndarray:
    """Which (span, entity) rows are among gold pairs, bool (rows,).

    Args:
        entities: more than any index of an entity.
    """
    wanted = pairs[0] * entities + pairs[1]
    return np.isin(span.astype(np.int64) * entities + entity, wanted)


def _rows_by_place(spans: Spans, texts: int) -> list[dict[Place, int]]:
    found: list[dict[Place, int]] = [{} for _ in range(texts)]
    columns = (spans.text.tolist(), spans.start.tolist(), spans.end.tolist())
    for row, (text, start, end) in enumerate(zip(*columns, strict=True)):
        found[text][start, end] = row
    return found
