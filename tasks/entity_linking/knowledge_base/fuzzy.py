"""Names that resemble a surface."""

from __future__ import annotations

from collections.abc import Sequence, Set
from pathlib import Path

from nlpx.tasks.entity_linking.knowledge_base import storage
from nlpx.text.ngram_index import NgramIndex


class FuzzyNames:
    """The n-gram index of a knowledge base's names, with those added later.

    Args:
        folder: of the knowledge base.
        added: names that came later, folded.
        base: how many names the index has, which is the first of their indices.
        dead: names that mean nothing any more.
    """

    def __init__(self, folder: Path, added: Sequence[str], base: int, dead: Set[int]) -> None:
        arrays = {name: storage.load_array(folder, f"fuzzy.{name}") for name in NgramIndex.NAMES}
        self._index = NgramIndex(arrays)
        self._base, self._dead = base, dead
        sizes = self._index.sizes.tolist()
        self._added = NgramIndex.build(added, sizes, self._index) if added else None

    def search(self, name: str, k: int) -> list[tuple[int, float]]:
        """Index of a name and its similarity in (0, 1], best first, at most k."""
        numbers, scores = self._index.search(name, k + len(self._dead))
        found = list(zip(numbers.tolist(), scores.tolist(), strict=True))
        if self._added is not None:
            numbers, scores = self._added.search(name, k)
            found += zip((numbers + self._base).tolist(), scores.tolist(), strict=True)
        if self._dead:
            found = [pair for pair in found if pair[0] not in self._dead]
        return sorted(found, key=lambda pair: -pair[1])[:k]
