"""The small Chinese encoder that comes with the project."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nlpx.config.load import load
from nlpx.encoders.pretrained.checkpoint import open_checkpoint
from nlpx.encoders.pretrained.token_head import read_head
from nlpx.encoders.pretrained.vocabulary import read_tokenizer
from nlpx.encoders.pretrained.write import convert
from nlpx.layers.bert.token_head import TokenModel
from nlpx.pretraining.config import PretrainingConfig
from nlpx.pretraining.start import assign_all_of

WEIGHTS = "model.safetensors"
FOLDER = Path(__file__).parents[2] / "data" / "encoders" / "tiny-zh"


@pytest.fixture(scope="module")
def model():
    source = open_checkpoint(FOLDER)
    made = TokenModel(source.architecture.layer(name="bert"), name="model")
    made.build()
    assign_all_of(made, source)
    return made, read_tokenizer(FOLDER, source.architecture.tokens)


def guesses(model, text: str, most: int = 5) -> list[str]:
    """The likeliest characters in the place of the one blank."""
    network, tokenizer = model
    ids = [tokenizer.special["cls"], *tokenizer.encode(text).ids, tokenizer.special["sep"]]
    place = 1 + text.index("_")
    ids[place] = tokenizer.special["mask"]
    batch = {"ids": np.array([ids]), "mask": np.ones((1, len(ids)), bool), "positions": np.array([[place]])}
    logits = np.array(network.logits(batch))[0, 0]
    return [tokenizer.vocabulary[index] for index in np.argsort(-logits)[:most]]


def test_it_is_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 12e6


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("上海是中国最大的城_。", "市"),
        ("他昨天去医_看病了。", "院"),
        ("酒店的早_不错。", "餐"),
        ("房间很干净，服务员态度也很_。", "好"),
        ("国务院总_主持召开会议。", "理"),
    ],
)
def test_it_knows_words(model, text, wanted):
    assert wanted in guesses(model, text)


def test_its_card_says_what_its_config_and_weights_say():
    card = (FOLDER / "README.md").read_text("utf-8")
    config = json.loads((FOLDER / "config.json").read_text())
    assert config["model_type"] == "roformer"
    blocks, units, heads = (
        config[key] for key in ("num_hidden_layers", "hidden_size", "num_attention_heads")
    )
    assert f"{blocks} blocks of {units} units, {heads} heads, {config['vocab_size']:,} tokens" in card
    commands = [
        line.split()[3] for line in card.splitlines() if line.startswith("    nlpx pretrain --config ")
    ]
    assert commands
    for named in commands:
        load(FOLDER.parents[2] / named, PretrainingConfig, env={"NLPX_DATA": "data"})


def test_converting_it_keeps_head_and_size(tmp_path):
    source = open_checkpoint(FOLDER)
    assert convert(source, tmp_path / "new") == {}
    twin = open_checkpoint(tmp_path / "new")
    for old, new in ((source.load(), twin.load()), (read_head(source), read_head(twin))):
        assert old.keys() == new.keys()
        assert all(np.array_equal(old[name], new[name]) for name in old)
    assert (tmp_path / "new" / WEIGHTS).stat().st_size == (FOLDER / WEIGHTS).stat().st_size
