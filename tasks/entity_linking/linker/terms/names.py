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
        entities: of each name.
        of_entity: the names of each entity.
        beyond: number of the first name that is not of the knowledge base.
    """

    def __init__(self, answers: AnswerSpace) -> None:
        kb = answers.kb
        self.beyond = len(kb.names)
        strings = [kb.names.name(number) for number in range(self.beyond)]
        self.strings = [*strings, *map(fold_name, answers.beyond)]
        rows = kb.candidate_rows(np.arange(self.beyond), PER_NAME)
        own = np.arange(len(kb), len(answers))
        sizes = np.append(np.diff(rows.offsets), np.ones(len(own), np.int64))
        self.entities = Ragged.of(sizes, np.append(rows.indices, own))
        owner = np.repeat(np.arange(len(sizes)), sizes)
        names = Ragged.grouped(self.entities.values, owner, len(answers))
        ends = np.minimum(names.ends, names.starts + PER_ENTITY)
        self.of_entity = Ragged(names.starts, ends, names.values)

    def __len__(self) -> int:
        return len(self.strings)

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
