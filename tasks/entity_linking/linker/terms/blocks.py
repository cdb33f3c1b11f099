"""How much is compared at once."""

from __future__ import annotations

from collections.abc import Iterator

CELLS = 1 << 22
"""Of an array with a row for each term and a column for all that it is compared with."""
ROWS = 64
"""At most, however few columns there are."""


def blocks(rows: int, columns: int) -> Iterator[slice]:
    """Slices of all rows in order; none has more than `CELLS` cells, but for single rows that have."""
    size = min(ROWS, max(1, CELLS // max(1, columns)))
    return (slice(begin, min(begin + size, rows)) for begin in range(0, rows, size))
