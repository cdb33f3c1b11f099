"""Finds the names that terms may mean, and describes how well they fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpx.tasks.entity_linking.linker.ragged import Ragged
from nlpx.tasks.entity_linking.linker.ranked import ranked
from nlpx.tasks.entity_linking.linker.terms.blocks import blocks
from nlpx.tasks.entity_linking.linker.terms.found import Found, covered_units
from nlpx.tasks.entity_linking.linker.terms.gram_space import GramSpace
from nlpx.tasks.entity_linking.linker.terms.name_scores import NameScorer, NameScores, top
from nlpx.tasks.entity_linking.linker.terms.names import UNITS, Names
from nlpx.tasks.entity_linking.linker.terms.neighbours import LIKENESS, SUM, Neighbours, Votes
from nlpx.tasks.entity_linking.linker.terms.pair_features import PairFeatures
from nlpx.tasks.entity_linking.linker.terms.pairs import TermPairs
from nlpx.tasks.entity_linking.linker.terms.parts import split_parts
from nlpx.tasks.entity_linking.linker.terms.term_map import MOST, TermMap
from nlpx.tasks.entity_linking.linker.terms.translation import Translation
from nlpx.tasks.entity_linking.linker.terms.units import padded, split_units

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Pairs = tuple[np.ndarray, np.ndarray]
"""Rows of terms, and entities or names."""


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
        self._neighbours = Neighbours(space.vectors(pairs.terms).T.tocsr(), pairs.answers, pairs.at_once)
        allowed = np.arange(len(names)) < names.beyond
        allowed[names.of_entity.take(np.unique(pairs.answers.values))[0]] = True
        allowed[names.nobody :] = False
        self._scorer = NameScorer(map, names.vectors(space), allowed)

    @classmethod
    def fit(cls, names: Names, space: GramSpace, pairs: TermPairs, seed: int) -> TermModel:
        """Learn from training terms."""
        from scipy.sparse import csr_matrix, diags

        terms, vectors = space.vectors(pairs.terms), names.vectors(space)
        entity, term = pairs.answers.take(np.arange(len(pairs)))
        meant = _likeliest_names(names, terms, vectors, term, entity)
        named = meant < names.nobody  # nothing is learned from names that fold to nothing
        term, meant = term[named], meant[named]
        chosen = csr_matrix((np.ones(len(term), np.float32), (term, meant)), shape=(len(pairs), len(names)))
        targets = chosen @ vectors
        norms = np.sqrt(np.asarray(targets.multiply(targets).sum(axis=1)).ravel())
        targets = diags(1 / np.maximum(norms, 1e-12)).astype(np.float32) @ targets
        some = pairs.spread(MOST)
        some = some[norms[some] > 0]
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
        more: Pairs | None = None,
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
        for block in blocks(len(terms), len(self.names)):
            own, begin = slice(*np.searchsorted(more[0], [block.start, block.stop])), block.start
            pairs = more[0][own] - begin, more[1][own]
            found.append(self._find(list(terms[block]), count, pairs, searched, begin))
        return Found.concatenate(found)

    def _find(self, terms: list[str], count: int, more: Pairs, searched: np.ndarray, begin: int) -> Found:
        vectors, (parts, owner) = self.space.vectors(terms), split_parts(terms)
        scores, votes = self._scorer.of(vectors), self._neighbours.votes(vectors)
        found = [
            self._entities(*top(scores.score, count // 2)),
            self._entities(*top(scores.literal, count // 4)),
        ]
        found.append(votes.best(count // 3))
        part_scores, part_votes = scores, votes
        if parts:
            by_parts, part_scores, part_votes = self._of_parts(
                parts, owner, scores, votes, max(3, count // 6)
            )
            found += by_parts
        size = len(self.names.of_entity)
        found = [
            *((row[searched[begin + row]], entity[searched[begin + row]]) for row, entity in found),
            more,
        ]
        keys = np.unique(np.concatenate([row * size + entity for row, entity in found]))
        row, entity = np.divmod(keys, size)
        name = self._best_names(row, entity, scores.score)
        units = padded(split_units(terms), UNITS)
        of_terms = np.column_stack([np.bincount(owner, minlength=len(terms)), votes.nearest])
        columns = [
            *scores.at(row, name),
            *part_scores.at(row, name),
            part_votes.at(keys, size)[:, [LIKENESS, SUM]],
            votes.at(keys, size),
            self._units.of(units, row, name),
            of_terms[row],
        ]
        covered = covered_units(units[row], self.names.padded_units[name])
        return Found(row + begin, entity, np.column_stack(columns).astype(np.float32), covered)

    def _of_parts(
        self, parts: list[str], owner: np.ndarray, scores: NameScores, votes: Votes, each: int
    ) -> tuple[list[Pairs], NameScores, Votes]:
        """What parts of terms may mean, `each` of them so many, and the best that is known by parts of each term."""
        vectors, found = self.space.vectors(parts), []
        highest = scores.without(np.unique(owner))
        for block in blocks(len(parts), len(self.names)):
            of_parts, its = self._scorer.of(vectors[block]), owner[block]
            part, name = top(of_parts.score, each)
            found.append(self._entities(its[part], name))
            highest.raise_to(of_parts, its)
        of_neighbours = self._neighbours.votes(vectors)
        part, entity = of_neighbours.best(each)
        return [*found, (owner[part], entity)], highest, votes.with_parts(of_neighbours, owner)

    def _entities(self, row: np.ndarray, name: np.ndarray) -> Pairs:
        entity, place = self.names.entities.take(name)
        return row[place], entity

    def _best_names(self, row: np.ndarray, entity: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """The name of each entity that fits its term best."""
        name, pair = self.names.of_entity.take(entity)
        return name[ranked(pair, scores[row[pair], name]).best]

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
    return name[ranked(pair, likeness).best]
