"""A network with what it needs to judge raw texts."""

from __future__ import annotations

import numpy as np

from nlpx.encoders.base import LightEncoderConfig
from nlpx.encoders.encoder import Encoder
from nlpx.tasks.entity_linking.bi_encoder.config import BiEncoderConfig
from nlpx.tasks.entity_linking.bi_encoder.entity_features import EntityFeatures
from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.bi_encoder.network import BiEncoder, EntityPass, MentionPass
from nlpx.tasks.entity_linking.bi_encoder.span_rows import SpanRows
from nlpx.tasks.entity_linking.bi_encoder.vectors import BATCH as ENTITIES
from nlpx.tasks.entity_linking.bi_encoder.vectors import EntityVectors
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.training.batching import Batches
from nlpx.training.forward import compile_forward

BATCH = 64
BUCKETS = (16, 24, 32, 48, 64, 128, 256, 512)
SPANS = (4, 8, 16, 32)
"""Rows, widths and spans per text of the batches, the same for every input, so that each shape is compiled once."""

ROWS = 1 << 16
"""Candidates that are compared at once."""


class Judge:
    """A new network and its passes over texts and entities.

    Args:
        encoder: fitted.
        seed: of the initial weights.
    """

    def __init__(
        self,
        options: BiEncoderConfig,
        encoder: Encoder,
        answers: AnswerSpace,
        seed: int,
        *,
        jit_compile: bool,
    ) -> None:
        self._options, self._encoder = options, encoder
        self.entities = EntityFeatures(answers, encoder, options.entity_length)
        self.network = build_network(options, encoder, seed)
        self._mentions = compile_forward(
            MentionPass(self.network, name="mention_pass"), jit_compile=jit_compile
        )
        self._entities = compile_forward(
            EntityPass(self.network, name="entity_pass"), jit_compile=jit_compile
        )
        self.vectors = EntityVectors(len(answers), options.size, self._read_entities)
        self.network(self._blank())

    def logits(self, lists: Lists) -> np.ndarray:
        """Of each candidate, less that of NIL, float32 `(rows,)`."""
        mentions = self._read_mentions(lists)
        logits = np.zeros(len(lists.entity), np.float32)
        for start in range(0, len(logits), ROWS):
            rows = slice(start, start + ROWS)
            mine = mentions[lists.span[rows]]
            other = self.vectors.of(lists.entity[rows]).astype(np.float32)
            logits[rows] = np.einsum("rs,rs->r", mine[:, :-1], other) - mine[:, -1]
        return logits

    # === Passes ===

    def _read_mentions(self, lists: Lists) -> np.ndarray:
        """Vector and logit of NIL of each span, float32 `(spans, size + 1)`."""
        rows = SpanRows.of(lists.texts, lists.spans, self._options.max_length).with_spans()
        features = [self._encoder.featurize(piece.text) for piece in rows.pieces]
        batches = Batches(features, batch_size=BATCH, lengths=rows.lengths().tolist(), buckets=BUCKETS)
        vectors = np.zeros((len(rows.start), self._options.size + 1), np.float32)
        for x, pieces in batches.ordered() if features else ():
            for spans in rows.tables(pieces, BATCH, SPANS):
                places = np.stack([rows.start[spans], rows.end[spans]], axis=-1)
                table = np.where(spans[:, :, None] >= 0, places, 0).astype(np.int32)
                found = self._mentions({**x, "spans": table})
                vectors[spans[spans >= 0]] = found[spans >= 0]
        return vectors

    def _read_entities(self, indices: list[int]) -> np.ndarray:
        size = ENTITIES if len(indices) > BATCH else BATCH
        return self._entities(self.entities.batch(indices, size))[: len(indices)]

    def _blank(self) -> dict[str, np.ndarray]:
        """A batch with nothing in it, which gives every layer its shape."""
        text = [self._encoder.featurize("一")]
        [(x, _)] = Batches(text, batch_size=BATCH, lengths=[1], buckets=BUCKETS).ordered()
        spans = np.zeros((BATCH, SPANS[0], 2), np.int32)
        return {**x, "spans": spans, **self.entities.batch([], BATCH)}


def build_network(options: BiEncoderConfig, encoder: Encoder, seed: int) -> BiEncoder:
    """A new network on the inputs of a fitted encoder."""
    import keras

    from nlpx.training.seeds import seed_everything

    keras.backend.clear_session()
    keras.config.set_dtype_policy(options.training.precision)
    seed_everything(seed)
    reader, other = options.encoder, options.entity_encoder
    assert isinstance(reader, LightEncoderConfig)
    assert isinstance(other, LightEncoderConfig)
    return BiEncoder(
        reader.make_vectors(encoder.inputs),
        reader.make_stack(),
        other.make_stack(),
        size=options.size,
        contrast=options.contrast,
        name="bi_encoder",
    )
