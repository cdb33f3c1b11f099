"""A network with what it needs to judge pairs."""

from __future__ import annotations

import numpy as np

from nlpx.encoders.encoder import Encoder
from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.cross_encoder.config import CrossEncoderConfig
from nlpx.tasks.entity_linking.cross_encoder.network import CrossEncoder
from nlpx.tasks.entity_linking.cross_encoder.pairs import Pairs, pad
from nlpx.tasks.entity_linking.cross_encoder.reader import PairReader
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.training.batching import Batch
from nlpx.training.buckets import cover
from nlpx.training.forward import compile_forward

BATCH, BUCKETS = 64, (32, 64, 128, 192, 264)
"""Rows and widths of batches, the same for every input, so that each shape is compiled once; the last one holds the
longest pair of the default lengths."""


class Judge:
    """A new network.

    Args:
        encoder: fitted.
        seed: of the initial weights.
    """

    def __init__(
        self,
        options: CrossEncoderConfig,
        encoder: Encoder,
        answers: AnswerSpace,
        seed: int,
        *,
        jit_compile: bool,
    ) -> None:
        self._options = options
        self.reader = PairReader(encoder, answers, options.entity_length)
        self.network = build_network(options, encoder, seed)
        self._forward = compile_forward(self.network, jit_compile=jit_compile)
        self.network(self._blank())  # gives every layer its shape

    def pairs(self, lists: Lists, rows: np.ndarray) -> Pairs:
        """Rows of lists as pairs to read."""
        return Pairs(lists, rows, self.reader, self._options.max_length)

    def logits(self, pairs: Pairs) -> np.ndarray:
        """Of each pair, against NIL, float32 `(pairs,)`."""
        found = np.zeros(len(pairs), np.float32)
        order = np.argsort(-pairs.sizes, kind="stable")
        widths = np.array(cover(BUCKETS, int(pairs.sizes.max(initial=1))))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            width = int(widths[np.searchsorted(widths, pairs.sizes[some[0]])])
            batch, rows = pairs.batch(some.tolist(), BATCH, width)
            found[rows] = self._forward(batch)[: len(rows)]
        return found

    def _blank(self) -> Batch:
        text = "一"
        features = self.reader.features(text, (0, len(text)), 0)
        return pad([features], BATCH, self.reader.size(text, 0), np.zeros(1, np.int64))[0]


def build_network(options: CrossEncoderConfig, encoder: Encoder, seed: int) -> CrossEncoder:
    """A new network on a fitted encoder."""
    import keras

    from nlpx.training.seeds import seed_everything

    keras.backend.clear_session()
    keras.config.set_dtype_policy(options.training.precision)
    seed_everything(seed)
    layer = encoder.network("too" if encoder.config.joins else "no")
    return CrossEncoder(layer, dropout=options.dropout, name="cross_encoder")
