"""The dictionary as the network uses it: which names count, and what a surface may mean."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import numpy as np

from nlpx.tasks.entity_linking.example import Example, Place
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.statistics import FoldedStatistics, LinkStatistics, fold_of

FOLDS = 5
"""Parts of the training texts; each is looked at with the names that the other parts leave."""


class Names:
    """Maximum matching and candidates, pruned by what the training texts link.

    A network that learned from texts which had a say in what is pruned would trust the dictionary too much. So training
    texts are looked at with names that were pruned by the other folds.

    Args:
        limit: candidates of a surface at most.
        prune_ratio: see `LinkStatistics.is_pruned`; None for no pruning.
        min_links: links in the training texts that make the only candidates; None for all.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        *,
        whole_words: bool,
        limit: int,
        prune_ratio: float | None = None,
        min_links: int | None = None,
    ) -> None:
        self._kb, self._whole_words, self._limit = kb, whole_words, limit
        self._prune_ratio, self._min_links = prune_ratio, min_links
        self._keep: np.ndarray | None = None
        self._apart: list[Names] = []
        self._seed = 0
        self.statistics = LinkStatistics()

    def fit(self, train: Sequence[Example], seed: int) -> None:
        """Count the training texts."""
        self._keep, self._seed = None, seed
        matches = self.matches([example.text for example in train])
        folded = FoldedStatistics.fit(train, matches, FOLDS, seed, known=self._kb)
        self._apart = [self._with(folded.total.without(fold)) for fold in folded.folds]
        self.use(folded.total)

    def apart(self, text: str) -> Names:
        """The names as all training texts but those of this one's fold leave them."""
        return self._apart[fold_of(text, FOLDS, self._seed)]

    def use(self, statistics: LinkStatistics) -> None:
        """Prune by these counts."""
        self.statistics = statistics
        if self._prune_ratio is None:
            return
        self._keep = np.ones(len(self._kb.names), bool)
        for surface in statistics.surfaces:
            name = self._kb.names.index_of(surface)
            if name is not None and statistics.is_pruned(surface, self._prune_ratio):
                self._keep[name] = False

    def _with(self, statistics: LinkStatistics) -> Names:
        other = copy(self)
        other.use(statistics)
        return other

    def matches(self, texts: Sequence[str]) -> list[list[Place]]:
        """What maximum matching finds in each text."""
        found = self._kb.max_matches_of(texts, keep=self._keep, whole_words=self._whole_words)
        return [[(start, end) for start, end, _ in matches] for matches in found]

    def candidates(self, surface: str) -> list[int]:
        """Indices of all entities of a name, the likeliest first; none where it is pruned or no name."""
        name = self._kb.names.index_of(surface)
        if name is None or (self._keep is not None and not self._keep[name]):
            return []
        found: list[int] = self._kb.candidate_rows(np.array([name]), self._limit).indices.tolist()
        return found

    def chosen(self, surface: str) -> list[int]:
        """The candidates that are judged: those linked often enough in training, else all."""
        candidates = self.candidates(surface)
        if self._min_links is None:
            return candidates
        links = self.statistics.counts(surface).entities
        often = [index for index in candidates if links[self._kb.id_of(index)] >= self._min_links]
        return often or candidates
