"""Everything that is counted on the training texts, out of fold for these texts themselves."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlpx.tasks.entity_linking.dictionary_files import read_statistics, write_statistics
from nlpx.tasks.entity_linking.example import Example
from nlpx.tasks.entity_linking.knowledge_base.name_index import NameIndex
from nlpx.tasks.entity_linking.linker.gold import linked_spans
from nlpx.tasks.entity_linking.linker.proposals import Spans
from nlpx.tasks.entity_linking.linker.surface_counts import ALL, NeighbourCounts, SurfaceTable
from nlpx.tasks.entity_linking.statistics import FoldedStatistics, LinkStatistics, fold_of

FOLDS = 5
STATISTICS, NEIGHBOURS = "statistics.jsonl", "neighbours.safetensors"

StatisticsOf = Callable[[int], LinkStatistics]
"""What is known about links when the text in a row of a batch is looked at."""


@dataclass
class Counts:
    """Counts of surfaces, and of the characters beside them.

    Attributes:
        total: of all texts.
        folded: the same by folds; None once training is over.
        table: `total` and the folds as arrays.
        beside: counts of neighbouring characters; None where no spans are proposed.
    """

    total: LinkStatistics
    folded: FoldedStatistics | None
    table: SurfaceTable
    beside: NeighbourCounts | None

    @classmethod
    def fit(
        cls,
        examples: Sequence[Example],
        spans: Spans,
        names: NameIndex,
        *,
        known: Container[str] | None,
        given: bool,
        seed: int,
    ) -> Counts:
        """Count texts with the spans that are proposed in them.

        Args:
            known: ids that may be answered; links to others don't count. None for all.
            given: the spans are the gold's own places, which tell nothing about how often a surface is linked.
        """
        places = spans.places(len(examples))
        folded = FoldedStatistics.fit(examples, places, folds=FOLDS, seed=seed, known=known)
        beside = None
        if not given:
            texts = [example.text for example in examples]
            folds = folds_of(texts, seed)
            beside = NeighbourCounts.fit(
                spans, texts, linked_spans(examples, spans), folds[spans.text], FOLDS
            )
        return cls(folded.total, folded, SurfaceTable(folded.total, folded.folds, names), beside)

    def folds(self, texts: Sequence[str], *, counted: bool) -> np.ndarray:
        """The fold of each text, `ALL` for all where they were not counted, int64."""
        if not counted or self.folded is None:
            return np.full(len(texts), ALL)
        return folds_of(texts, self.folded.seed)

    def statistics_of(self, folds: np.ndarray) -> StatisticsOf:
        """The statistics for each text by its row, when these are the texts' folds."""
        if self.folded is None or (folds == ALL).all():
            return lambda row: self.total
        parts = [self.total.without(fold) for fold in self.folded.folds]
        return lambda row: parts[folds[row]]

    # === Files ===

    def save(self, folder: Path) -> None:
        """Write the counts of all texts."""
        from nlpx.training.tensorfile import write_tensors

        write_statistics(folder / STATISTICS, self.total)
        if self.beside is not None:
            arrays = {"characters": self.beside.characters, "counts": self.beside.counts[-1:]}
            write_tensors(folder / NEIGHBOURS, arrays)

    @classmethod
    def load(cls, folder: Path, names: NameIndex, *, given: bool) -> Counts:
        """What `save` wrote; RunError where it is missing or damaged."""
        from nlpx.training.tensorfile import read_tensors

        total = read_statistics(folder / STATISTICS)
        beside = None if given else NeighbourCounts(**read_tensors(folder / NEIGHBOURS)[0])
        return cls(total, None, SurfaceTable(total, (), names), beside)


def folds_of(texts: Sequence[str], seed: int) -> np.ndarray:
    """The fold of each text, by hash, int64."""
    return np.array([fold_of(text, FOLDS, seed) for text in texts], np.int64)
