"""Finds the names that terms may mean, and describes how well they fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpx.tasks.entity_linking.linker.ragged import Ragged
from nlpx.tasks.entity_linking.linker.terms import neighbours, pair_features
from nlpx.tasks.entity_linking.linker.terms.gram_space import GramSpace
from nlpx.tasks.entity_linking.linker.terms.names import UNITS, Names
from nlpx.tasks.entity_linking.linker.terms.neighbours import Neighbours
from nlpx.tasks.entity_linking.linker.terms.pair_features import PairFeatures
from nlpx.tasks.entity_linking.linker.terms.pairs import TermPairs
from nlpx.tasks.entity_linking.linker.terms.parts import split_parts
from nlpx.tasks.entity_linking.linker.terms.term_map import IDENTITY, MOST, TermMap
from nlpx.tasks.entity_linking.linker.terms.translation import Translation
from nlpx.tasks.entity_linking.linker.terms.units import padded, split_units

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BLOCK = 64
"""Terms that are compared with all names at once."""
SCORES = ("score", "literal", "score of a part", "literal of a part")
NAMES = (*SCORES, *neighbours.NAMES, *pair_features.NAMES, "parts", "nearest term", "nearest term's answers")
"""Of the features that `TermModel.find` tells."""


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


class TermModel:
    """What one set of training terms teaches.

    Args:
        names: that can be meant.
        space: of the vectors.
        pairs: the training terms.
        map: from terms to names.
        to_name, to_term: units of names given those of terms, and the other way.
    """

    def __init__(
        self,
        names: Names,
        space: GramSpace,
        pairs: TermPairs,
        map: TermMap,
        to_name: Translation,
        to_term: Translation,
    ) -> None:
        self.names, self.space, self.map = names, space, map
        self._units = PairFeatures(to_name, to_term, names.padded_units)
        self._vectors = names.vectors(space)
        self._short = map.names(self._vectors).T.copy()
        self._neighbours = Neighbours(space.vectors(pairs.terms).T.tocsc(), pairs.answers, pairs.at_once)
        self._allowed = np.ones(len(names), bool)
        self._allowed[names.beyond :] = False
        known = names.of_entity.take(np.unique(pairs.answers.values))[0]
        self._allowed[known] = True

    @classmethod
    def fit(cls, names: Names, space: GramSpace, pairs: TermPairs, seed: int) -> TermModel:
        """Learn from training terms."""
        from scipy.sparse import csr_matrix, diags

        terms, vectors = space.vectors(pairs.terms), names.vectors(space)
        entity, term = pairs.answers.take(np.arange(len(pairs)))
        meant = _likeliest_names(names, terms, vectors, term, entity)
        chosen = csr_matrix((np.ones(len(term), np.float32), (term, meant)), shape=(len(pairs), len(names)))
        targets = chosen @ vectors
        norms = np.sqrt(np.asarray(targets.multiply(targets).sum(axis=1)).ravel())
        targets = diags(1 / np.maximum(norms, 1e-12)).astype(np.float32) @ targets
        some = pairs.spread(MOST)
        map = TermMap.fit(terms[some], targets[some], most_names=len(names), seed=seed)
        units = split_units(pairs.terms)
        sides = [
            Ragged.of(lists.sizes(rows), lists.take(rows)[0])
            for lists, rows in ((units, term), (names.units, meant))
        ]
        return cls(names, space, pairs, map, Translation.fit(*sides), Translation.fit(*sides[::-1]))

    # === Finding ===

    def find(
        self,
        terms: Sequence[str],
        count: int,
        more: tuple[np.ndarray, np.ndarray] | None = None,
        searched: np.ndarray | None = None,
    ) -> Found:
        """The entities that terms may mean.

        Args:
            terms: folded.
            count: about how many to find for each.
            more: (term, entity) pairs to describe too, by term.
            searched: terms to find entities for, bool (terms,); all others have `more` alone. None for all.
        """
        none = np.zeros(0, np.int64)
        searched = np.ones(len(terms), bool) if searched is None else searched
        more = (none, none) if more is None else more
        found = []
        for begin in range(0, len(terms), BLOCK):
            block = list(terms[begin : begin + BLOCK])
            own = slice(*np.searchsorted(more[0], [begin, begin + BLOCK]))
            found.append(self._find(block, count, (more[0][own] - begin, more[1][own]), searched, begin))
        if not found:
            return Found(none, none, np.zeros((0, len(NAMES)), np.float32), np.zeros(0, np.uint64))
        columns = zip(*((one.term, one.entity, one.features, one.covered) for one in found), strict=True)
        return Found(*map(np.concatenate, columns))

    def _find(
        self,
        terms: list[str],
        count: int,
        more: tuple[np.ndarray, np.ndarray],
        searched: np.ndarray,
        begin: int,
    ) -> Found:
        vectors = self.space.vectors(terms)
        whole, part, tops, parts = self._scores(terms, vectors, count)
        term, entity, told, nearest = self._neighbours.find(vectors)
        kept = _best_of(term, told[:, 2], count // 3)
        pairs = [self._entities(*top) for top in tops] + [(term[kept], entity[kept])]
        pairs = [*(_within(searched[begin:], *pair) for pair in pairs), more]
        size = len(self.names.of_entity)
        keys = np.unique(np.concatenate([one * size + other for one, other in pairs]))
        row, meant = np.divmod(keys, size)
        name, at = self.names.of_entity.take(meant)
        best = _first_best(at, whole[0][row[at], name], len(keys))
        name = name[best]
        neighbour = np.zeros((len(keys), len(neighbours.NAMES)), np.float32)
        neighbour[:, 1] = neighbours.NEAREST
        where = np.minimum(np.searchsorted(keys, term * size + entity), max(0, len(keys) - 1))
        same = keys[where] == term * size + entity
        neighbour[where[same]] = told[same]
        units = padded(split_units(terms), UNITS)
        scores = np.stack([scores[row, name] for scores in (*whole, *part)], axis=1)
        rest = np.column_stack([parts[row], nearest[row]])
        features = np.concatenate([scores, neighbour, self._units.of(units, row, name), rest], axis=1)
        covered = _covered(units[row], self.names.padded_units[name])
        return Found(row + begin, meant, features.astype(np.float32), covered)

    def _scores(
        self, terms: list[str], vectors: csr_matrix, count: int
    ) -> tuple[
        tuple[np.ndarray, ...], tuple[np.ndarray, ...], list[tuple[np.ndarray, np.ndarray]], np.ndarray
    ]:
        """Scores and literal likeness of all names (terms, names), those of the best part, and the best names."""
        strings, owner = split_parts(terms)
        whole = self._compare(vectors)
        best = [_top(whole[0], count // 2), _top(whole[1], count // 4)]
        part = tuple(array.copy() for array in whole)
        if strings:
            of_parts = self._compare(self.space.vectors(strings))
            found, name = _top(of_parts[0], max(3, count // 6))
            best.append((owner[found], name))
            rows = np.unique(owner)
            heads = np.searchsorted(owner, rows)
            for array, values in zip(part, of_parts, strict=True):
                array[rows] = np.maximum.reduceat(values, heads, axis=0)
        return whole, part, best, np.bincount(owner, minlength=len(terms))

    def _compare(self, vectors: csr_matrix) -> tuple[np.ndarray, np.ndarray]:
        literal = np.asarray((vectors @ self._vectors.T).toarray())
        score = self.map.terms(vectors) @ self._short + IDENTITY * literal
        score[:, ~self._allowed] = literal[:, ~self._allowed] = -1
        return score, literal

    def _entities(self, row: np.ndarray, name: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        entity, place = self.names.entities.take(name)
        return row[place], entity

    # === Files ===

    def save(self, path: Path) -> None:
        """Write what was learned; the training terms are part of the statistics."""
        from nlpx.training.tensorfile import write_tensors

        translations = self._units.to_name.arrays("to_name") | self._units.to_term.arrays("to_term")
        write_tensors(path, self.space.arrays() | self.map.arrays() | translations)

    @classmethod
    def load(cls, path: Path, names: Names, pairs: TermPairs) -> TermModel:
        """What `save` wrote; RunError where it is missing or damaged."""
        from nlpx.training.tensorfile import read_tensors

        arrays: Mapping[str, np.ndarray] = read_tensors(path)[0]
        sides = (Translation.of(arrays, name) for name in ("to_name", "to_term"))
        return cls(names, GramSpace.of(arrays), pairs, TermMap.of(arrays), *sides)


def _likeliest_names(
    names: Names, terms: csr_matrix, vectors: csr_matrix, term: np.ndarray, entity: np.ndarray
) -> np.ndarray:
    """For each pair of term and entity the entity's name that is most like the term."""
    name, pair = names.of_entity.take(entity)
    likeness = np.zeros(len(name))
    for begin in range(0, len(name), 1 << 16):
        rows = slice(begin, begin + (1 << 16))
        a, b = terms[term[pair[rows]]], vectors[name[rows]]
        likeness[rows] = np.asarray(a.multiply(b).sum(axis=1)).ravel()
    return name[_first_best(pair, likeness, len(entity))]


def _at(lists: Ragged, rows: np.ndarray) -> Ragged:
    return Ragged.of(lists.sizes(rows), lists.take(rows)[0])


def _within(wanted: np.ndarray, row: np.ndarray, entity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return row[wanted[row]], entity[wanted[row]]


def _first_best(owner: np.ndarray, values: np.ndarray, owners: int) -> np.ndarray:
    """The place of each owner's highest value; each has at least one."""
    order = np.lexsort((-values, owner))
    return order[np.searchsorted(owner, np.arange(owners))]


def _best_of(row: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Places of the `count` highest values of each row."""
    order = np.lexsort((-values, row))
    heads = np.searchsorted(row, row)
    return order[np.arange(len(row)) - heads < count]


def _top(scores: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of the `count` highest scores above 0 of each row."""
    count = max(1, min(count, scores.shape[1]))
    columns = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    rows = np.repeat(np.arange(len(scores)), count)
    above = scores[rows, columns.ravel()] > 0
    return rows[above], columns.ravel()[above]


def _covered(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    had = np.zeros(a.shape, bool)
    for column in range(b.shape[1]):
        had |= (a == b[:, column, None]) & (a > 0)
    bits = np.uint64(1) << np.arange(min(64, a.shape[1]), dtype=np.uint64)
    return (had[:, :64] * bits).sum(axis=1, dtype=np.uint64)
