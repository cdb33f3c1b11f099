"""Terms of training texts with what they mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nlpx.tasks.entity_linking.linker.ragged import Ragged
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.statistics import LinkStatistics


@dataclass(frozen=True)
class TermPairs:
    """Terms that were linked, each once.

    Attributes:
        terms: folded.
        answers: indices of the entities that each was linked to.
        at_once: how many entities one occurrence was linked to on average, float32 (terms,).
    """

    terms: list[str]
    answers: Ragged
    at_once: np.ndarray

    def __len__(self) -> int:
        return len(self.terms)

    @classmethod
    def of(
        cls, statistics: LinkStatistics, answers: AnswerSpace, without: LinkStatistics | None = None
    ) -> TermPairs:
        """The links that were counted, but for those of a part."""
        terms, sizes, entities, at_once = [], [], [], []
        for term in sorted(statistics.surfaces):
            counts = statistics.surfaces[term]
            part = without.surfaces.get(term) if without is not None else None
            counts = counts if part is None else counts.minus(part)
            own = [index for id in sorted(+counts.entities) if (index := answers.index_of(id)) is not None]
            if term and own:
                terms.append(term)
                sizes.append(len(own))
                entities += own
                at_once.append(counts.entities.total() / max(1, counts.linked))
        lists = Ragged.of(np.array(sizes, np.int64), np.array(entities, np.int64))
        return cls(terms, lists, np.array(at_once, np.float32))

    def spread(self, most: int) -> np.ndarray:
        """Rows of at most so many terms, spread over all."""
        return np.unique(np.linspace(0, len(self) - 1, min(most, len(self))).astype(np.int64))
