"""Surfaces of the training texts that resemble a surface: what is nearly the same is linked to the same."""

from __future__ import annotations

from nlpx.tasks.entity_linking.statistics import LinkStatistics, surface_key
from nlpx.text.ngram_index import NgramIndex

CHINESE, OTHER = (1, 2), (2, 3)
"""Lengths of character n-grams for texts mostly in Chinese, and for others."""


class AlikeSurfaces:
    """An n-gram index of the surfaces that training texts link."""

    def __init__(self, statistics: LinkStatistics) -> None:
        self._statistics = statistics
        self._surfaces = sorted(key for key, counts in statistics.surfaces.items() if counts.linked)
        sample = "".join(self._surfaces[:2000])
        chinese = sum(char >= "\u2e80" for char in sample) * 2 >= len(sample)
        self._index = (
            NgramIndex.build(self._surfaces, CHINESE if chinese else OTHER) if self._surfaces else None
        )

    def search(self, surface: str, k: int) -> list[tuple[str, float]]:
        """The most alike surfaces and their likeness in (0, 1], best first, at most k."""
        if self._index is None:
            return []
        numbers, scores = self._index.search(surface_key(surface), k)
        pairs = zip(numbers.tolist(), scores.tolist(), strict=True)
        return [(self._surfaces[number], score) for number, score in pairs]
