"""All names that answers have, as vectors and lists of units."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from nlpx.tasks.entity_linking.knowledge_base.folding import fold_name
from nlpx.tasks.entity_linking.linker.ragged import Ragged
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.linker.terms.gram_space import GramSpace
from nlpx.tasks.entity_linking.linker.terms.units import padded, split_units

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PER_NAME, PER_ENTITY = 5, 20
"""Entities of a name and names of an entity that are looked at."""
UNITS = 48
"""Of a name; what comes after them is not compared unit by unit."""


class Names:
    """Names by number: those of the knowledge base by their index, then those of what is beyond it.

    Attributes:
        strings: folded.
        entities: of each name, the likeliest.
        of_entity: the names of each entity, at least one: those whose names fold to nothing have one without units.
        beyond: number of the first name that is not of the knowledge base.
        nobody: number of the name without units, that no entity is found by; the last one, where there is one.
    """

    def __init__(self, answers: AnswerSpace) -> None:
        kb = answers.kb
        self.beyond = len(kb.names)
        strings = [kb.names.name(number) for number in range(self.beyond)]
        self.strings = [*strings, *map(fold_name, answers.beyond)]
        rows = kb.candidate_rows(np.arange(self.beyond))
        own = np.arange(len(kb), len(answers))
        sizes = np.append(np.diff(rows.offsets), np.ones(len(own), np.int64))
        every = Ragged.of(sizes, np.append(rows.indices, own))
        names = Ragged.grouped(every.values, np.repeat(np.arange(len(sizes)), sizes), len(answers))
        self.nobody = len(self.strings)
        self.entities = _first(every, PER_NAME)
        self.of_entity = _first(names, PER_ENTITY)
        self._describe_nameless(np.flatnonzero(names.ends == names.starts))

    def __len__(self) -> int:
        return len(self.strings)

    def _describe_nameless(self, entities: np.ndarray) -> None:
        """Give entities without a name one without units, so that they can be compared like all others."""
        if not len(entities):
            return
        self.strings.append("")
        nothing = Ragged.of(np.zeros(1, np.int64), np.zeros(0, np.int64))
        self.entities = self.entities.patched(np.array([self.nobody]), nothing, len(self))
        one = Ragged.of(np.ones(len(entities), np.int64), np.full(len(entities), self.nobody))
        self.of_entity = self.of_entity.patched(entities, one, len(self.of_entity))

    @cached_property
    def units(self) -> Ragged:
        """The units of each name."""
        return split_units(self.strings)

    @cached_property
    def padded_units(self) -> np.ndarray:
        """The first `UNITS` units of each name, filled up with 0, uint64 (names, length)."""
        return padded(self.units, UNITS)

    def vectors(self, space: GramSpace) -> csr_matrix:
        """Of all names."""
        return space.vectors(self.strings)


def _first(lists: Ragged, most: int) -> Ragged:
    """At most so many elements of each list."""
    return Ragged(lists.starts, np.minimum(lists.ends, lists.starts + most), lists.values)
