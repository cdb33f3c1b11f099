"""What is found for terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlpx.tasks.entity_linking.linker.terms import neighbours, pair_features

SCORES = ("score", "literal", "lead")
OF_PARTS = tuple(f"{name} of a part" for name in (*SCORES, "neighbour likeness", "neighbour sum"))
OF_TERMS = ("parts", "nearest term", "nearest term's answers")
NAMES = (*SCORES, *OF_PARTS, *neighbours.NAMES, *pair_features.NAMES, *OF_TERMS)
"""Of the features that are told about each entity that a term may mean."""


@dataclass(frozen=True)
class Found:
    """Entities that terms may mean.

    Attributes:
        term: row of the term, ascending, int64 (rows,).
        entity: each once per term, int64 (rows,).
        features: of `NAMES`, float32 (rows, features).
        covered: which of the term's first 64 units the entity's name has, one bit each, uint64 (rows,).
    """

    term: np.ndarray
    entity: np.ndarray
    features: np.ndarray
    covered: np.ndarray

    @classmethod
    def concatenate(cls, parts: Sequence[Found]) -> Found:
        """The rows of all parts in order."""
        none = np.zeros(0, np.int64)
        empty = cls(none, none, np.zeros((0, len(NAMES)), np.float32), np.zeros(0, np.uint64))
        columns = zip(
            *((one.term, one.entity, one.features, one.covered) for one in [empty, *parts]), strict=True
        )
        return cls(*map(np.concatenate, columns))


def covered_units(term: np.ndarray, name: np.ndarray) -> np.ndarray:
    """`Found.covered` of units of pairs, both uint64 (pairs, units) filled up with 0."""
    had = np.zeros(term.shape, bool)
    for column in range(name.shape[1]):
        had |= (term == name[:, column, None]) & (term > 0)
    bits = np.uint64(1) << np.arange(min(64, term.shape[1]), dtype=np.uint64)
    return (had[:, :64] * bits).sum(axis=1, dtype=np.uint64)
