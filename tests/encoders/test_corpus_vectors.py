"""Vectors of words that an encoder trains on raw text before it sees its first label."""

from __future__ import annotations

import numpy as np
import pytest

from nlpx.encoders.encoder import Encoder
from nlpx.encoders.lstm import LSTMConfig

TEXTS = ["房间很干净", "服务很周到", "早餐太难吃", "位置不方便"]


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("".join(f"{text}，{other}。\n" for text in TEXTS for other in TEXTS) * 3, "utf-8")
    tokens = {"size": 4, "corpus": str(corpus), "vector_limit": 12}
    inputs = {"unit": "word", "splitter": "jieba", "tokens": tokens}
    return LSTMConfig.model_validate({"units": 3, "inputs": inputs})


def test_words_start_from_vectors_of_the_corpus(config, tmp_path):
    encoder = Encoder(config)
    encoder.fit(["房间很漂亮"])
    [tokens] = encoder.inputs
    # What the training text holds, and the most frequent words of the corpus.
    assert {"房间", "服务", ",", "。"} <= set(tokens.vocabulary.tokens)
    assert len(tokens.vocabulary.tokens) <= 3 + 12
    layer = tokens.layer()
    layer.build((None, None))
    vectors = dict(zip(tokens.vocabulary.tokens, np.asarray(layer.embeddings)[2:], strict=True))
    assert np.linalg.norm(vectors[","]) == pytest.approx(1, abs=1e-2)
    assert list(config.files()) == ["inputs.tokens.corpus.0"]
    encoder.save(tmp_path / "encoder")
    again = Encoder.load(config, tmp_path / "encoder")
    np.testing.assert_array_equal(again.featurize("房间")["tokens"], encoder.featurize("房间")["tokens"])


def test_a_file_and_a_corpus_are_one_too_many(config):
    tokens = config.inputs.tokens.model_dump() | {"vectors": "a.vec"}
    with pytest.raises(ValueError, match="not both"):
        type(config.inputs.tokens).model_validate(tokens)
