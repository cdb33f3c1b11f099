"""Training batches: texts, some of their spans, and the distinct entities that these may mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nlpx.tasks.entity_linking.bi_encoder.entity_features import EntityFeatures
from nlpx.tasks.entity_linking.bi_encoder.sampling import Sampler
from nlpx.tasks.entity_linking.bi_encoder.span_rows import SpanRows
from nlpx.training.batching import Batch, Batches

STEP = 64
"""Tables of entities have a multiple of this many rows, so that there are few shapes."""


class ListBatches(Batches):
    """Texts with spans and the tables of their candidates; see `BiEncoder` for the arrays.

    Args:
        features: of the encoder, per window.
        rows: windows and spans.
        entity: index of each candidate row's entity.
        right: bool, whether it is meant.
        sampler: draws spans and candidates.
        options: of `Batches`.
    """

    def __init__(
        self,
        features: Sequence[Mapping[str, np.ndarray]],
        rows: SpanRows,
        entity: np.ndarray,
        right: np.ndarray,
        sampler: Sampler,
        entities: EntityFeatures,
        *,
        spans: int,
        **options: int,
    ) -> None:
        super().__init__(features, lengths=rows.lengths().tolist(), **options)
        self._rows, self._entity, self._right = rows, entity, right
        self._sampler, self._entities, self._spans = sampler, entities, spans

    def epoch(self, epoch: int, start: int = 0) -> Iterator[tuple[Batch, np.ndarray]]:
        drawn = self._sampler.draw(epoch)
        for batch, rows in super().epoch(epoch, start):
            yield batch | self._lists([drawn[row] for row in rows.tolist()]), rows

    def _lists(self, drawn: Sequence[Sequence[tuple[int, np.ndarray]]]) -> Batch:
        """Spans, the entities they may mean, and which they do."""
        found = [rows for mine in drawn for _, rows in mine]
        table = np.unique(self._entity[np.concatenate(found or [np.zeros(0, np.int64)])])
        size = -(-max(1, len(table)) // STEP) * STEP
        shape = (self.batch_size, self._spans)
        spans = np.zeros((*shape, 2), np.int32)
        candidate, right = np.zeros((2, *shape, size), bool)
        judged = np.zeros(shape, bool)
        for text, mine in enumerate(drawn):
            for at, (span, rows) in enumerate(mine):
                place = np.searchsorted(table, self._entity[rows])
                spans[text, at] = self._rows.start[span], self._rows.end[span]
                candidate[text, at, place] = True
                right[text, at, place] = self._right[rows]
                judged[text, at] = True
        lists = {"spans": spans, "candidate": candidate, "right": right, "judged": judged}
        return lists | self._entities.batch(table.tolist(), size)
