"""Batches of texts, each with a mention and a candidate, as the network takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nlpx.tasks.entity_linking.example import Place
from nlpx.tasks.entity_linking.pieces import Piece
from nlpx.tasks.entity_linking.su2019.entity_texts import EntityTexts
from nlpx.tasks.entity_linking.su2019.match_features import NAMES, match_features
from nlpx.tasks.entity_linking.su2019.sampling import Sampler
from nlpx.training.batching import Batch, Batches, own_width

ABOUT = "about."
"""Before the name of each feature of a description."""

Pair = tuple[Piece, Place, int]
"""A window, a mention in it, and the index of an entity."""


class SampledBatches(Batches):
    """Batches for training: another mention and candidate of each text in each epoch.

    Besides the features of the texts: those of `pair_features`, those of the descriptions, and float `right (batch,)`
    and `judged (batch,)`, which is 1 where there is a mention at all.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        features: Sequence[Mapping[str, np.ndarray]],
        entities: EntityTexts,
        sampler: Sampler,
        **options: int,
    ) -> None:
        lengths = [len(piece.text) for piece in pieces]
        super().__init__(features, lengths=lengths, **options)
        self._pieces, self._entities, self._sampler = pieces, entities, sampler

    def epoch(self, epoch: int, start: int = 0) -> Iterator[tuple[Batch, np.ndarray]]:
        sampled = self._sampler.draw(epoch)
        for batch, rows in super().epoch(epoch, start):
            drawn = [(row, sample) for row in rows.tolist() if (sample := sampled[row]) is not None]
            pairs = [(self._pieces[row], sample.mention, sample.entity) for row, sample in drawn]
            place = {row: i for i, row in enumerate(rows.tolist())}
            at = [place[row] for row, _ in drawn]
            right, judged = np.zeros((2, self.batch_size), np.float32)
            right[at], judged[at] = [sample.right for _, sample in drawn], 1
            size, width = batch["mask"].shape
            extra = pair_features(pairs, at, size, width, self._entities)
            about = descriptions([entity for *_, entity in pairs], at, size, self._entities)
            yield batch | extra | about | {"right": right, "judged": judged}, rows


def pair_features(
    pairs: Sequence[Pair], at: Sequence[int], size: int, width: int, entities: EntityTexts
) -> Batch:
    """Float `marks (size, width, features)` of pairs, each in its row of the batch."""
    marks = np.zeros((size, width, len(NAMES)), np.float32)
    for row, (piece, mention, entity) in zip(at, pairs, strict=True):
        marks[row, : len(piece.text)] = match_features(
            piece.folded, piece.words, mention, entities.of(entity)
        )
    return {"marks": marks}


def descriptions(indices: Sequence[int], at: Sequence[int], size: int, entities: EntityTexts) -> Batch:
    """The features of descriptions, each in its row of the batch, and `about.mask (size, length)`; all of one width,
    so that there is one shape, unless there are more tokens than that."""
    rows = [entities.of(index).features for index in indices]
    batch: Batch = {}
    if not rows:
        return _blank(size, entities)
    mask = np.zeros((size, entities.length), bool)
    for row, features in zip(at, rows, strict=True):
        mask[row, : len(next(iter(features.values())))] = True
    for name, first in rows[0].items():
        width = own_width(max(len(features[name]) for features in rows), entities.length)
        column = np.zeros((size, width, *first.shape[1:]), first.dtype)
        for row, features in zip(at, rows, strict=True):
            column[row, : len(features[name])] = features[name]
        batch[ABOUT + name] = column
    return {name: _narrow(column) for name, column in batch.items()} | {f"{ABOUT}mask": mask}


def _blank(size: int, entities: EntityTexts) -> Batch:
    """A batch without any description."""
    some = descriptions([0], [0], size, entities)
    return {name: np.zeros_like(column) for name, column in some.items()}


def _narrow(column: np.ndarray) -> np.ndarray:
    return column.astype(np.int32) if column.dtype == np.int64 else column
