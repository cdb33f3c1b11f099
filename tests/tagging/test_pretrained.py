"""Pretrained vectors are in the network that is trained, not only in the layer that was handed them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np

from nlpx.config.heads import SoftmaxConfig
from nlpx.config.training import TrainingConfig
from nlpx.encoders.bilstm import BiLSTMConfig
from nlpx.tagging.config import WindowConfig
from nlpx.tagging.tagger import NeuralTagger
from nlpx.task import FitContext
from nlpx.text.spans import Span

VECTORS = "3 2\n南京 1 0\n长江 0 2\n京 5 6\n"


def test_a_trained_tagger_holds_the_vectors_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "words.vec"
    path.write_text(VECTORS, "utf-8")
    vectors = {"vectors": str(path), "trainable": False}
    inputs = {"tokens": vectors, "word_sets": {"vectors": str(path), "scale": 1}}
    config = SimpleNamespace(
        encoder=BiLSTMConfig.model_validate({"units": 4, "inputs": inputs}),
        head=SoftmaxConfig(),
        scheme="BIO",
        windows=WindowConfig(),
        training=TrainingConfig(epochs=1, buckets=1, jit_compile=False),
    )
    tagger = NeuralTagger(config)
    text = SimpleNamespace(text="南京长江", spans=[Span(0, 2, "LOC")], tokens=None)
    tagger.fit([text], [], FitContext(tmp_path, seed=0))
    weights = {one.path: keras.ops.convert_to_numpy(one) for one in tagger.network.weights}
    tokens = weights["tagger/encoder/tokens/embeddings"]
    np.testing.assert_array_equal(tokens[tagger.encoder.featurize("京", None)["tokens"]], [[5, 6]])
    words = weights["tagger/encoder/word_sets/embeddings"]
    assert {tuple(row) for row in words.tolist()} >= {(1.0, 0.0), (0.0, 1.0)}  # of length 1, as scale says
