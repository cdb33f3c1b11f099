"""Link statistics as arrays: the counts of many surfaces, and of the characters beside spans, looked up at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nlpx.tasks.entity_linking.knowledge_base.name_index import NameIndex
from nlpx.tasks.entity_linking.linker.proposals import Spans
from nlpx.tasks.entity_linking.statistics import LinkStatistics, SurfaceCounts, surface_key
from nlpx.text.normalize import code_points

COUNTS = ("matched", "linked", "nil", "texts_linked", "texts_left", "entities", "top")
"""Columns of `SurfaceTable.of`: the counts of `SurfaceCounts`, how many entities were linked, and how often the one
that was linked most."""

ALL = -1
"""The fold of texts that were not counted: nothing is left out for them."""


class SurfaceTable:
    """The counts of all surfaces that were seen.

    Args:
        total: counts of all texts.
        folds: counts of each fold of them, to be left out; none where only new texts are asked about.
        names: of the knowledge base that spans are found with.
    """

    def __init__(self, total: LinkStatistics, folds: Sequence[LinkStatistics], names: NameIndex) -> None:
        self._rows = {key: row for row, key in enumerate(total.surfaces, 1)}
        self._counts = np.zeros((len(folds) + 1, len(self._rows) + 1, len(COUNTS)), np.float32)
        for key, row in self._rows.items():
            counts = total.surfaces[key]
            self._counts[:, row] = _columns(counts)
            for number, fold in enumerate(folds):
                part = fold.surfaces.get(key)
                if part is not None:
                    self._counts[number, row] = _columns(counts.minus(part))
        self._names = names

    @cached_property
    def _row_of_name(self) -> np.ndarray:
        rows = np.zeros(len(self._names) + 1, np.int32)  # the last one is that of spans without a name
        for key, row in self._rows.items():
            name = self._names.index_of_folded(key)
            if name is not None:
                rows[name] = row
        return rows

    def rows(self, spans: Spans, texts: Sequence[str]) -> np.ndarray:
        """The row of each span's surface, 0 where it was never seen."""
        rows = self._row_of_name[spans.name]
        for span in np.flatnonzero(spans.name < 0).tolist():
            text, start, end = int(spans.text[span]), int(spans.start[span]), int(spans.end[span])
            rows[span] = self._rows.get(surface_key(texts[text][start:end]), 0)
        return rows

    def of(self, rows: np.ndarray, folds: np.ndarray) -> np.ndarray:
        """Counts of `COUNTS` by rows, each without one fold or, where it is `ALL`, of all texts, (rows, counts)."""
        return self._counts[folds, rows]


def _columns(counts: SurfaceCounts) -> list[int]:
    top = max(counts.entities.values(), default=0)
    plain = [counts.matched, counts.linked, counts.nil, counts.texts_linked, counts.texts_left]
    return [*plain, len(counts.entities), top]


@dataclass
class NeighbourCounts:
    """How often spans beside a character are linked.

    Attributes:
        characters: code points that were seen, ascending.
        counts: (folds + 1, characters + 1, 2 sides, matched and linked) float32; the last of the folds is of all texts,
            the others leave out one fold each, the last of the characters is for those never seen.
    """

    characters: np.ndarray
    counts: np.ndarray

    @classmethod
    def fit(
        cls, spans: Spans, texts: Sequence[str], linked: np.ndarray, folds: np.ndarray, number: int
    ) -> NeighbourCounts:
        """Count spans.

        Args:
            linked: whether each span is linked.
            folds: the fold of each span's text, in [0, number).
        """
        sides = neighbours(spans, texts)  # (spans, 2)
        characters = np.unique(sides)
        counts = np.zeros((number + 1, len(characters) + 1, 2, 2), np.float32)
        for side in range(2):
            rows = np.searchsorted(characters, sides[:, side])
            np.add.at(counts[:, :, side, 0], (folds, rows), 1)
            np.add.at(counts[:, :, side, 1], (folds, rows), linked)
        total = counts.sum(axis=0)
        return cls(characters, np.concatenate([total - counts[:-1], total[None]]))

    def rates(self, spans: Spans, texts: Sequence[str], folds: np.ndarray, weight: float = 5.0) -> np.ndarray:
        """Share of linked spans after the character before, and before the one after, (spans, 2) float32.

        Drawn to the share of all spans as if it had been seen `weight` times.
        """
        sides = neighbours(spans, texts)
        known = np.append(
            self.characters, self.characters.dtype.type(2**32 - 1)
        )  # no character: stands for all others
        rows = np.searchsorted(known, sides)
        rows[known[rows] != sides] = len(self.characters)
        found = self.counts[folds[:, None], rows, np.arange(2)]  # (spans, 2, 2)
        whole = self.counts[-1, :, 0].sum(axis=0)
        prior = whole[1] / max(1.0, whole[0])
        return ((found[..., 1] + prior * weight) / (found[..., 0] + weight)).astype(np.float32)


def neighbours(spans: Spans, texts: Sequence[str]) -> np.ndarray:
    """Code points of the characters before and after each span, 0 beyond the text, uint32 (spans, 2)."""
    codes = code_points("\0" + "\0".join(texts) + "\0")
    begins = np.cumsum([1, *(len(text) + 1 for text in texts)])[spans.text]
    return np.stack([codes[begins + spans.start - 1], codes[begins + spans.end]], axis=1)
