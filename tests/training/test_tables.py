"""Which tables adversarial training moves."""

from __future__ import annotations

import keras
import numpy as np

from nlpx.layers.bert.bert import Bert
from nlpx.layers.feature_encoder import FeatureEncoder
from nlpx.layers.multi_hot_embedding import MultiHotEmbedding
from nlpx.layers.token_embedding import TokenEmbedding
from nlpx.layers.transformer_block import TransformerBlock
from nlpx.training.tables import lookup_tables


class Around(keras.Model):
    """A model that is one layer."""

    def __init__(self, layer: keras.layers.Layer) -> None:
        super().__init__(name="model")
        self.layer = layer

    def call(self, x):
        return self.layer(x)


def names(model: keras.Model) -> list[str]:
    return sorted("/".join(table.path.split("/")[-2:]) for table in lookup_tables(model))


def test_trained_vectors_are_moved_and_neither_frozen_ones_nor_properties():
    embedders = {
        "chars": TokenEmbedding(9, 4, name="chars"),
        "words": TokenEmbedding(9, 4, trainable_vectors=False, name="words"),
        "lexicon": MultiHotEmbedding(4, name="lexicon"),
    }
    model = Around(FeatureEncoder(embedders, TransformerBlock(heads=2, name="block"), name="encoder"))
    ids = np.ones((2, 3), "int32")
    model({"chars": ids, "words": ids, "lexicon": np.ones((2, 3, 5)), "mask": ids > 0})
    assert names(model) == ["chars/embeddings"]


def test_of_bert_the_tokens_are_moved_and_neither_positions_nor_types():
    model = Around(Bert(9, 4, blocks=1, heads=2, hidden=8, name="bert"))
    model(np.ones((2, 3), "int32"))
    assert names(model) == ["embeddings/tokens"]
