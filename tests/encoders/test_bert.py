"""The pretrained encoder: every promise of an encoder, and what is its own."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from nlpx.encoders.encoder import Encoder
from nlpx.errors import ConfigError, DataError, RunError
from tests.encoders.harness import batch_of, check_encoder, close, config_of, fitted, run
from tests.pretrained import tiny

TEXT = "我在 new yorks 2019年"
KINDS = {
    "bert": tiny.TINY,
    "albert": replace(tiny.TINY, model_type="albert", embedding_size=8, project=True),
    "nezha": replace(tiny.TINY, model_type="nezha", positions=None, furthest=4),
    "roformer": replace(tiny.TINY, model_type="roformer", positions=None),
}
OPTIONS = {
    "bert": {},
    "albert": {"state": "mix"},
    "nezha": {"recompute": True, "pooling": "first"},
    "roformer": {"state": 1, "attention": "causal", "split": "character"},
}


@pytest.fixture
def folder(tmp_path):
    return tiny.huggingface(tmp_path / "checkpoint")


@pytest.mark.parametrize("kind", KINDS)
def test_encoder(kind, tmp_path):
    path = tiny.huggingface(tmp_path / "checkpoint", KINDS[kind])
    check_encoder({"type": "bert", "checkpoint": str(path), **OPTIONS[kind]}, tmp_path, inputs={})


def test_it_starts_from_the_checkpoint_and_a_run_needs_it_no_more(folder, tmp_path):
    values = {"type": "bert", "checkpoint": str(folder)}
    first = fitted(values)
    first.save(tmp_path / "saved")
    y = run(first.network(), batch_of(first))
    close(run(fitted(values).network(), batch_of(first)), y)
    moved = config_of({"type": "bert", "checkpoint": str(tmp_path / "elsewhere")})
    loaded = Encoder.load(moved, tmp_path / "saved")
    assert loaded.units == 16
    assert np.abs(run(loaded.network(), batch_of(loaded)) - y).max() > 0.1, "weights are the run's business"
    np.testing.assert_array_equal(batch_of(loaded)["subwords"], batch_of(first)["subwords"])


def test_a_run_keeps_what_its_checkpoint_said_of_accents(folder, tmp_path):
    said = {"do_lower_case": True, "strip_accents": False, "tokenize_chinese_chars": False}
    (folder / "tokenizer_config.json").write_text(json.dumps(said))
    values = {"type": "bert", "checkpoint": str(folder)}
    first = fitted(values)
    first.save(tmp_path / "saved")
    loaded = Encoder.load(config_of(values), tmp_path / "saved")
    for encoder in (first, loaded):
        assert len(encoder.featurize("á在他")["subwords"]) == 3


def test_units_of_one_token_share_its_vector_and_blanks_lie_between(folder):
    encoder = fitted({"type": "bert", "checkpoint": str(folder)})
    y = run(encoder.network(), batch_of(encoder, [TEXT]))[0]
    new = slice(TEXT.index("new"), TEXT.index("new") + 3)
    close(y[new], np.repeat(y[new][:1], 3, axis=0))
    blank = TEXT.index(" ")
    close(y[blank], (y[blank - 1] + y[blank + 1]) / 2)


def test_words_given_by_the_data_are_the_mean_of_their_tokens(folder):
    encoder = fitted({"type": "bert", "checkpoint": str(folder), "inputs": {"unit": "word"}})
    text = "the yorks 在"
    found = encoder.featurize(text, encoder.split(text))
    assert found["units"].tolist() == [[1, 1, 0], [2, 3, 0], [4, 4, 0]]


def test_a_pruned_vocabulary_gives_the_same_vectors_for_texts_it_covers(folder, tmp_path):
    whole = fitted({"type": "bert", "checkpoint": str(folder)}, [TEXT])
    listed = tmp_path / "tokens.txt"
    listed.write_text("我\n在\nnew\nyork\n##s\n20\n##19\n年\n", "utf-8")
    for keep in ("seen", str(listed)):
        small = fitted({"type": "bert", "checkpoint": str(folder), "keep_tokens": keep}, [TEXT])
        network = small.network()
        close(run(network, batch_of(small, [TEXT])), run(whole.network(), batch_of(whole, [TEXT])))
        assert network.bert.embeddings.token_table.shape == (8 + 5, 16)  # and the special ones


def test_lines_of_keep_tokens_that_are_no_tokens_are_named(folder, tmp_path):
    listed = tmp_path / "tokens.txt"
    listed.write_text("我\t300\n在\t200\n", "utf-8")
    with pytest.raises(DataError, match="2 of 2 lines are no tokens of the checkpoint"):
        fitted({"type": "bert", "checkpoint": str(folder), "keep_tokens": str(listed)}, [TEXT])


def test_texts_longer_than_the_model_are_read_to_the_end(folder, caplog):
    with caplog.at_level(logging.WARNING, logger="nlpx"):
        encoder = fitted({"type": "bert", "checkpoint": str(folder)}, ["我" * 50])
    assert "a text has 52 tokens, the model was made for 32" in caplog.text
    y = run(encoder.network(), batch_of(encoder, ["我" * 50]))
    assert y.shape == (1, 50, 16)
    assert np.abs(y[0, 40] - y[0, 41]).max() > 1e-4


def test_long_texts_are_told_of_once_whoever_reads_them(folder, tmp_path, caplog):
    values = {"type": "bert", "checkpoint": str(folder)}
    first = fitted(values, ["我"])
    first.save(tmp_path / "saved")
    for encoder in (first, Encoder.load(config_of(values), tmp_path / "saved")):
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger="nlpx"):
            encoder.featurize("我" * 30)
            assert caplog.messages == []
            for length in (31, 50):
                encoder.featurize("我" * length)
        assert caplog.messages == [
            "a text has 33 tokens, the model was made for 32: further positions are hierarchical"
        ]
        assert len(encoder.featurize("我" * 1022)["subwords"]) == 32**2
        with pytest.raises(DataError, match="a text has 1,025 tokens; a model with 32 positions reads 1,024"):
            encoder.featurize("我" * 1023)


def test_rates_fall_from_block_to_block_and_0_freezes(folder):
    def network(**values):
        encoder = fitted({"type": "bert", "checkpoint": str(folder), **values})
        made = encoder.network()
        run(made, batch_of(encoder))
        return made

    rates = {v.path.rpartition("bert/")[2]: r for v, r in network(layer_decay=0.5).learning_rates}
    assert rates["block_1/norm/gamma"] == 3e-5
    assert rates["block_0/norm/gamma"] == 1.5e-5
    assert rates["embeddings/tokens"] == 0.75e-5
    assert not any(path.startswith("pooler") for path in rates)
    frozen = network(learning_rate=0)
    assert [v.path for v in frozen.trainable_variables] == ["encoder/places"]
    assert len(frozen.constants) == len(frozen.bert.weights)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({}, "checkpoint\n  Field required"),
        ({"checkpoint": "x", "state": -2}, "state is -2; wanted -1"),
        ({"checkpoint": "x", "units": 3}, "Extra inputs are not permitted"),
    ],
)
def test_impossible_configs_are_refused(values, what):
    with pytest.raises(ValidationError, match=what):
        config_of({"type": "bert", **values})


def test_a_state_the_checkpoint_does_not_have_is_refused(folder):
    with pytest.raises(ConfigError, match=r"encoder\.state is 3, but \S+/checkpoint has 2 blocks") as caught:
        fitted({"type": "bert", "checkpoint": str(folder), "state": 3})
    assert caught.value.todo == "wanted mix, or from -1 to 2"
    fitted({"type": "bert", "checkpoint": str(folder), "state": 2})


def test_another_split_is_another_encoder(folder, tmp_path):
    values = {"type": "bert", "checkpoint": str(folder)}
    fitted(values).save(tmp_path / "saved")
    with pytest.raises(RunError, match="split: wordpiece there, character now"):
        Encoder.load(config_of({**values, "split": "character"}), tmp_path / "saved")
