"""Term models of the training texts: one that knows all of them, and one for each fold that does not know it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlpx.tasks.entity_linking.linker.ragged import Ragged
from nlpx.tasks.entity_linking.linker.surface_counts import ALL
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.linker.terms.found import Found
from nlpx.tasks.entity_linking.linker.terms.gram_space import GramSpace
from nlpx.tasks.entity_linking.linker.terms.model import TermModel
from nlpx.tasks.entity_linking.linker.terms.names import Names
from nlpx.tasks.entity_linking.linker.terms.pairs import TermPairs
from nlpx.tasks.entity_linking.statistics import FoldedStatistics, LinkStatistics, surface_key

FILE = "terms.safetensors"


class Terms:
    """What terms may mean.

    Args:
        total: knows all training terms.
        folds: each without the terms of one fold; none where only new texts are asked about.
    """

    def __init__(self, total: TermModel, folds: Sequence[TermModel] = ()) -> None:
        self.total, self.folds = total, folds

    @classmethod
    def fit(cls, answers: AnswerSpace, statistics: FoldedStatistics, seed: int) -> Terms:
        """Learn from the links that were counted."""
        names = Names(answers)
        space = GramSpace.fit([*names.strings, *sorted(statistics.total.surfaces)])

        def model(without: LinkStatistics | None) -> TermModel:
            pairs = TermPairs.of(statistics.total, answers, without)
            return TermModel.fit(names, space, pairs, seed)

        return cls(model(None), [model(fold) for fold in statistics.folds])

    def find(
        self,
        surfaces: Sequence[str],
        folds: np.ndarray,
        searched: np.ndarray,
        more: tuple[np.ndarray, np.ndarray],
        count: int,
        written: Sequence[str] | None = None,
    ) -> Found:
        """The entities that surfaces may mean; `Found.term` is the row of the surface.

        Args:
            surfaces: as they stand in their texts.
            folds: of the text of each surface, `ALL` where it was not counted.
            searched: surfaces to find entities for; all others have `more` alone.
            more: (surface, entity) pairs to describe too, by surface; what one brings is described for all its equals.
            count: about how many to find.
            written: what to look for in place of each surface; None for themselves. Surfaces that differ are never
                equals, for what they bring differs.
        """
        terms = [surface_key(surface) for surface in surfaces]
        long = terms if written is None else [surface_key(surface) for surface in written]
        equals = list(zip(long, terms, searched.tolist(), strict=True))
        parts = [
            self._find(equals, np.flatnonzero(folds == fold), int(fold), searched, more, count)
            for fold in np.unique(folds)
        ]
        if not parts:
            return self.total.find([], count)
        term, entity, features, covered = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(term, kind="stable")
        return Found(term[order], entity[order], features[order], covered[order])

    def _find(
        self,
        equals: Sequence[tuple[str, str, bool]],
        rows: np.ndarray,
        fold: int,
        searched: np.ndarray,
        more: tuple[np.ndarray, np.ndarray],
        count: int,
    ) -> tuple[np.ndarray, ...]:
        """Each distinct one of a fold is looked at once; `equals` are term, surface and whether it is searched."""
        keys = [equals[row] for row in rows.tolist()]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        number = np.array([numbers[key] for key in keys], np.int64)
        first = np.full(len(numbers), -1, np.int64)
        first[number[::-1]] = rows[::-1]
        own = Ragged.of(np.bincount(more[0], minlength=len(equals)), more[1])
        entity, place = own.take(rows)
        pairs = np.unique(np.stack([number[place], entity]), axis=1)  # what any of the equal surfaces brings
        model = self.total if fold == ALL else self.folds[fold]
        found = model.find([term for term, _, _ in numbers], count, (pairs[0], pairs[1]), searched[first])
        lists = Ragged.of(np.bincount(found.term, minlength=len(numbers)), np.arange(len(found.term)))
        at, place = lists.take(number)
        return rows[place], found.entity[at], found.features[at], found.covered[at]

    # === Files ===

    def save(self, folder: Path) -> None:
        """Write what knows all training terms."""
        self.total.save(folder / FILE)

    @classmethod
    def load(cls, folder: Path, answers: AnswerSpace, statistics: LinkStatistics) -> Terms:
        """What `save` wrote; RunError where it is missing or damaged."""
        return cls(TermModel.load(folder / FILE, Names(answers), TermPairs.of(statistics, answers)))
