"""Pretrained vectors are in the network that is trained, not only in the layer that was handed them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from nlpx.config.heads import SoftmaxConfig
from nlpx.config.training import TrainingConfig
from nlpx.encoders.base import EncoderConfig
from nlpx.encoders.bert import BertConfig
from nlpx.encoders.bilstm import BiLSTMConfig
from nlpx.tagging.config import WindowConfig
from nlpx.tagging.tagger import NeuralTagger
from nlpx.task import FitContext
from nlpx.text.spans import Span
from tests.pretrained import tiny

TEXT = SimpleNamespace(text="南京长江", spans=[Span(0, 2, "LOC")], tokens=None)
VECTORS = "3 2\n南京 1 0\n长江 0 2\n京 5 6\n"


def trained(encoder: EncoderConfig, folder: Path) -> NeuralTagger:
    config = SimpleNamespace(
        encoder=encoder,
        head=SoftmaxConfig(),
        scheme="BIO",
        windows=WindowConfig(),
        training=TrainingConfig(epochs=1, buckets=1, jit_compile=False),
    )
    tagger = NeuralTagger(config)
    tagger.fit([TEXT], [], FitContext(folder, seed=0))
    return tagger


@pytest.mark.parametrize("alone", [True, False])
def test_a_trained_tagger_holds_the_checkpoint_it_was_given(tmp_path: Path, alone: bool) -> None:
    frozen = {"checkpoint": str(tiny.huggingface(tmp_path / "encoder")), "learning_rate": 0}
    encoder = BertConfig(**frozen) if alone else BiLSTMConfig(units=4, inputs={"pretrained": frozen})
    tiny.check_holds(trained(encoder, tmp_path / "fit").network, tmp_path / "encoder")


def test_a_trained_tagger_holds_the_vectors_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "words.vec"
    path.write_text(VECTORS, "utf-8")
    vectors = {"vectors": str(path), "trainable": False}
    inputs = {"tokens": vectors, "word_sets": {"vectors": str(path), "scale": 1}}
    tagger = trained(BiLSTMConfig.model_validate({"units": 4, "inputs": inputs}), tmp_path)
    weights = {one.path: keras.ops.convert_to_numpy(one) for one in tagger.network.weights}
    tokens = weights["tagger/encoder/tokens/embeddings"]
    np.testing.assert_array_equal(tokens[tagger.encoder.featurize("京", None)["tokens"]], [[5, 6]])
    words = weights["tagger/encoder/word_sets/embeddings"]
    assert {tuple(row) for row in words.tolist()} >= {(1.0, 0.0), (0.0, 1.0)}  # of length 1, as scale says
