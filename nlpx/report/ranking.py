"""Which examples a page shows, and in what order: wrong ones the model was sure of first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from nlpx.report.content import Item

SHOWN = 2000
"""Examples on a page at most."""


def ranked(items: Iterable[Item]) -> list[Item]:
    """Wrong ones by falling confidence, then right ones by rising confidence, then those that nobody judged.

    Where a model does not say how sure it is, the order of the file stands.
    """
    return sorted(items, key=_key)


def _key(item: Item) -> tuple[int, float, int]:
    sure = item.confidence
    if item.verdict == "wrong":
        return 0, 1.0 if sure is None else -sure, item.row
    return (1 if item.verdict == "right" else 2), 1.0 if sure is None else sure, item.row


def chosen(items: Sequence[Item], most: int = SHOWN) -> list[Item]:
    """The first of the ranked ones."""
    return ranked(items)[:most]


def verdicts(items: Iterable[Item]) -> Counter[str]:
    """How many are right, wrong, or not judged."""
    return Counter(item.verdict for item in items)


def kinds(items: Iterable[Item], most: int = 2_000) -> list[tuple[str, int]]:
    """What the list can be narrowed down to, with how many examples each leaves, frequent ones first."""
    counts = Counter(kind for item in items for kind in dict.fromkeys(item.kinds))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
