"""Long texts cut into overlapping windows such that every position is kept from exactly one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

Value = TypeVar("Value")


class Window(NamedTuple):
    """The positions `[start, end)` are looked at, the results of `[keep_start, keep_end)` are kept."""

    start: int
    end: int
    keep_start: int
    keep_end: int


def windows(length: int, max_length: int, overlap: int) -> list[Window]:
    """Windows over `length` positions; none for an empty text, one for a text that fits.

    All windows of a cut text have `max_length` positions: the last one is moved back to end with the text, so
    that its beginning has more context rather than less. Where two overlap, each keeps its half, so a kept
    position has at least `overlap // 2` positions of context on either side, or else the edge of the text.

    Args:
        length: >= 0.
        max_length: of a window, >= 1.
        overlap: of two neighbouring windows, in [0, max_length).
    """
    if length < 0 or max_length < 1 or not 0 <= overlap < max_length:
        raise ValueError(
            f"windows need 0 <= overlap < max_length and length >= 0, got {length=} {max_length=} {overlap=}"
        )
    if length == 0:
        return []
    starts = list(range(0, max(length - max_length, 0), max_length - overlap)) or [0]
    if starts[-1] + max_length < length:
        starts.append(length - max_length)
    ends = [min(start + max_length, length) for start in starts]
    cuts = [0, *((end + start) // 2 for end, start in zip(ends, starts[1:], strict=False)), length]
    return [Window(*row) for row in zip(starts, ends, cuts, cuts[1:], strict=False)]


def stitch(cut: Iterable[Window], parts: Iterable[Sequence[Value]]) -> list[Value]:
    """One value per position of the whole text from one sequence of values per window."""
    whole: list[Value] = []
    for window, part in zip(cut, parts, strict=True):
        whole.extend(part[window.keep_start - window.start : window.keep_end - window.start])
    return whole
