"""What a term and a name have in common, unit by unit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nlpx.tasks.entity_linking.linker.terms.translation import Translation
from nlpx.tasks.entity_linking.linker.terms.units import WORD

BLOCK = 512
"""Pairs at a time."""
COPY = 0.3
"""How likely a unit stands for itself where the pairs learned from say less."""
FLOOR = 1e-3
NAMES = (
    "to name: mean",
    "to name: least",
    "to name: sum",
    "to term: mean",
    "to term: least",
    "to term: sum",
    "term covered",
    "name covered",
    "left of term",
    "most left of term",
    "left of name",
    "most left of name",
    "units of term",
    "units of name",
    "same beginning",
    "same end",
    "same units",
    "words of term only",
    "words of name only",
)


class PairFeatures:
    """Compares terms with names.

    Args:
        to_name: units of names given those of terms.
        to_term: the other way.
        names: units of all names, filled up with 0, uint64 (names, length).
    """

    def __init__(self, to_name: Translation, to_term: Translation, names: np.ndarray) -> None:
        self.to_name, self.to_term, self._names = to_name, to_term, names
        self._name_columns = to_name.target_numbers(names)
        self._name_rows = to_term.source_numbers(names)

    def of(self, terms: np.ndarray, term: np.ndarray, name: np.ndarray) -> np.ndarray:
        """The features of `NAMES` for pairs, float32 (pairs, features).

        Args:
            terms: units of the terms, filled up with 0, uint64 (terms, length).
            term, name: rows of each pair, (pairs,).
        """
        rows = self.to_name.source_numbers(terms)
        columns = self.to_term.target_numbers(terms)
        found = np.zeros((len(term), len(NAMES)), np.float32)
        for begin in range(0, len(term), BLOCK):
            block = slice(begin, begin + BLOCK)
            a, b = term[block], name[block]
            features = self._block(terms[a], rows[a], columns[a], *_trimmed(self._of_names(b)))
            found[block] = np.stack(list(features), axis=1)
        return found

    def _of_names(self, name: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self._names[name], self._name_columns[name], self._name_rows[name]

    def _block(
        self,
        a: np.ndarray,
        a_row: np.ndarray,
        a_column: np.ndarray,
        b: np.ndarray,
        b_column: np.ndarray,
        b_row: np.ndarray,
    ) -> Iterator[np.ndarray]:
        """Features of units a of terms and b of names."""
        a_real, b_real = a > 0, b > 0
        same = (a[:, :, None] == b[:, None, :]) & a_real[:, :, None]
        a_had, b_had = same.any(axis=2), same.any(axis=1)
        yield from _summed(_best(self.to_name.table, a_row, b_column, axis=1, copied=b_had), b_real)
        yield from _summed(_best(self.to_term.table, b_row, a_column, axis=2, copied=a_had), a_real)
        a_worth = self.to_name.shared[a_row] * a_real
        b_worth = self.to_term.shared[b_row] * b_real
        yield (a_worth * a_had).sum(axis=1) / np.maximum(a_worth.sum(axis=1), 1e-6)
        yield (b_worth * b_had).sum(axis=1) / np.maximum(b_worth.sum(axis=1), 1e-6)
        for left in (a_worth * ~a_had, b_worth * ~b_had):
            yield left.sum(axis=1)
            yield left.max(axis=1, initial=0)
        a_size, b_size = a_real.sum(axis=1), b_real.sum(axis=1)
        yield a_size
        yield b_size
        yield _same_in_a_row(a, b)
        yield _same_in_a_row(_turned(a, a_size), _turned(b, b_size))
        yield (a_had.sum(axis=1) == a_size) & (b_had.sum(axis=1) == b_size)
        yield (((a & WORD) > 0) & ~a_had).sum(axis=1)
        yield (((b & WORD) > 0) & ~b_had).sum(axis=1)


def _trimmed(parts: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    """Without the places that are filler in all rows."""
    longest = int((parts[0] > 0).sum(axis=1).max(initial=0))
    return tuple(part[:, :longest] for part in parts)


def _best(
    table: np.ndarray, sources: np.ndarray, targets: np.ndarray, *, axis: int, copied: np.ndarray
) -> np.ndarray:
    """How well the best source unit, or none, explains each target unit, (pairs, targets).

    Args:
        axis: of the sources in the table of all pairs of units: 1 with the targets behind, 2 with them before.
        copied: whether the source has the same unit.
    """
    one, other = (
        (sources[:, :, None], targets[:, None, :])
        if axis == 1
        else (sources[:, None, :], targets[:, :, None])
    )
    best = table[one, other].max(axis=axis, initial=0)
    return np.maximum(np.maximum(best, table[0, targets]), COPY * copied)


def _summed(chance: np.ndarray, real: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, least and sum of the logarithms."""
    logs = np.log(chance + FLOOR) * real
    total = logs.sum(axis=1)
    return total / np.maximum(real.sum(axis=1), 1), logs.min(axis=1, initial=0), total


def _same_in_a_row(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How many units from the first on are the same."""
    length = min(a.shape[1], b.shape[1])
    same = (a[:, :length] == b[:, :length]) & (a[:, :length] > 0)
    return np.logical_and.accumulate(same, axis=1).sum(axis=1)


def _turned(units: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The units of each row in the opposite order, filler last."""
    place = sizes[:, None] - 1 - np.arange(units.shape[1])
    return np.where(place >= 0, np.take_along_axis(units, np.maximum(place, 0), axis=1), np.uint64(0))
