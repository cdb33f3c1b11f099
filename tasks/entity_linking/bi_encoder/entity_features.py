"""Entities as features of an encoder, in batches of few shapes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from nlpx.encoders.encoder import Encoder
from nlpx.tasks.entity_linking.bi_encoder.entity_text import entity_text
from nlpx.tasks.entity_linking.bi_encoder.network import ABOUT
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.training.batching import own_width

KEPT = 50_000
"""Entities whose features stay in memory."""

Features = dict[str, np.ndarray]


class EntityFeatures:
    """The features of entities by index.

    Args:
        length: characters that are read of an entity.
    """

    def __init__(self, answers: AnswerSpace, encoder: Encoder, length: int) -> None:
        self._answers, self._encoder, self.length = answers, encoder, length
        self.of = lru_cache(maxsize=KEPT)(self._features)

    def _features(self, index: int) -> Features:
        found = self._encoder.featurize(entity_text(self._answers.entity(index), self.length))
        return {name: np.asarray(column, np.int32) for name, column in found.items()}

    def batch(self, indices: Sequence[int], size: int) -> Features:
        """`about.*`, `(size, length, ...)`, or wider where there are more tokens than that, and `about.mask (size,
        length)` bool; rows beyond the entities are 0."""
        rows = [self.of(index) for index in indices] or [self.of(0)]
        mask = np.zeros((size, self.length), bool)
        for row, index in enumerate(indices):
            mask[row, : len(next(iter(self.of(index).values())))] = True
        batch = {f"{ABOUT}mask": mask}
        for name, first in rows[0].items():
            width = own_width(max(len(features[name]) for features in rows), self.length)
            column = np.zeros((size, width, *first.shape[1:]), np.int32)
            for row, features in enumerate(rows[: len(indices)]):
                column[row, : len(features[name])] = features[name]
            batch[ABOUT + name] = column
        return batch
