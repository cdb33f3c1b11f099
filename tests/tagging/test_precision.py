"""A tagger in bfloat16 trains, decodes and comes back from its files, whatever its head."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import keras
import pytest

from nlpx.config.heads import CRFConfig, HeadConfig, MEMMConfig, SoftmaxConfig
from nlpx.config.training import TrainingConfig
from nlpx.encoders.bilstm import BiLSTMConfig
from nlpx.tagging.config import WindowConfig
from nlpx.tagging.tagger import NeuralTagger
from nlpx.task import FitContext
from nlpx.text.spans import Span

TEXTS = [
    SimpleNamespace(text=text, spans=[Span(start, start + 2, "LOC")], tokens=None)
    for text, start in (("在北京", 1), ("去北京了", 1), ("北京人", 0))
]


@pytest.fixture(autouse=True)
def policy() -> Iterator[None]:
    yield
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("head", [CRFConfig(), MEMMConfig(), SoftmaxConfig()], ids=lambda head: head.type)
def test_bfloat16_trains_and_decodes(tmp_path: Path, head: HeadConfig) -> None:
    config = SimpleNamespace(
        encoder=BiLSTMConfig.model_validate({"units": 8, "dropout": 0}),
        head=head,
        scheme="BIO",
        windows=WindowConfig(),
        training=TrainingConfig(
            epochs=30, learning_rate=0.05, buckets=1, jit_compile=False, precision="mixed_bfloat16"
        ),
    )
    tagger = NeuralTagger(config)
    tagger.fit(TEXTS, TEXTS[:1], FitContext(tmp_path / "fit", seed=0))
    assert tagger.predict(TEXTS) == [one.spans for one in TEXTS]
    tagger.save(tmp_path / "model")
    other = NeuralTagger(config)
    other.load(tmp_path / "model")
    assert other.predict(TEXTS) == tagger.predict(TEXTS)
