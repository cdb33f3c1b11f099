"""How a candidate compares with the others of its span."""

from __future__ import annotations

import numpy as np

from nlpx.tasks.entity_linking.linker.ranked import ranked


def gaps_and_ranks(span: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each value lacks to the highest of its span, and how many of the span's values are higher.

    The highest is compared with the second instead, so that its gap is what it is ahead, and at least 0.

    Args:
        span: ascending, (rows,).
        values: (rows,).

    Returns:
        both float32 (rows,).
    """
    if not len(span):
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    rows = ranked(span, values)
    order, heads, sizes = rows
    falling = values[order]
    top = np.repeat(falling[heads], sizes)
    second = falling[np.minimum(heads + 1, len(span) - 1)]
    gap = falling - top
    gap[heads] = np.where(sizes > 1, falling[heads] - second, 0)
    # Equal values share the rank of the first of them.
    new = np.ones(len(span), bool)
    new[1:] = falling[1:] != falling[:-1]
    new[heads] = True
    rank = rows.place[np.maximum.accumulate(np.where(new, np.arange(len(span)), 0))]
    out = np.zeros((2, len(span)), np.float32)
    out[:, order] = gap, rank
    return out[0], out[1]
