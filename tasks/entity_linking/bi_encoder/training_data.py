"""Lists as training batches."""

from __future__ import annotations

from nlpx.encoders.encoder import Encoder
from nlpx.tasks.entity_linking.bi_encoder.batches import ListBatches
from nlpx.tasks.entity_linking.bi_encoder.config import BiEncoderConfig
from nlpx.tasks.entity_linking.bi_encoder.entity_features import EntityFeatures
from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.bi_encoder.sampling import Sampler
from nlpx.tasks.entity_linking.bi_encoder.span_rows import SpanRows


def make_batches(
    lists: Lists, options: BiEncoderConfig, encoder: Encoder, entities: EntityFeatures, seed: int
) -> ListBatches:
    """Batches of all windows that have a span."""
    rows = SpanRows.of(lists.texts, lists.spans, options.max_length).with_spans()
    sampler = Sampler(
        rows.bounds,
        lists.span,
        lists.right,
        seed=seed,
        spans=options.spans,
        candidates=options.candidates,
    )
    return ListBatches(
        [encoder.featurize(piece.text) for piece in rows.pieces],
        rows,
        lists.entity,
        lists.right,
        sampler,
        entities,
        spans=options.spans,
        batch_size=options.training.batch_size,
        buckets=options.training.buckets,
        seed=seed,
    )
