"""`nlpx encoders`."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from nlpx.cli.app import app
from tests.pretrained import tiny


def nlpx(*arguments, code=0):
    result = CliRunner().invoke(app, ["encoders", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result


def test_list_names_kinds_and_checkpoints(tmp_path, monkeypatch):
    monkeypatch.setenv("NLPX_DATA", str(tmp_path))
    (tmp_path / "encoders" / "mine").mkdir(parents=True)
    shown = nlpx("list").stdout
    assert "BERT, RoBERTa-wwm" in shown
    assert str(tmp_path / "encoders" / "mine") in shown
    assert "bilstm" in json.loads(nlpx("list", "--json").stdout)["types"]


def test_inspect_says_what_a_checkpoint_is(tmp_path):
    shown = nlpx("inspect", tiny.google(tmp_path / "google")).stdout
    for words in ("Google (TensorFlow)", "2 blocks of 16 units, 2 heads", "124 tokens", "39 tensors"):
        assert words in shown
    assert "cls/seq_relationship/output_weights" in shown


def test_convert_writes_what_inspect_reads(tmp_path):
    target = tmp_path / "new"
    written, left = nlpx("convert", tiny.google(tmp_path / "google"), target).stdout.splitlines()
    assert written == f"{target}: written"
    assert left.startswith("not written: cls/seq_relationship/output_bias, ")
    names = ["config.json", "model.safetensors", "tokenizer_config.json", "vocab.txt"]
    assert sorted(path.name for path in target.iterdir()) == names
    facts = json.loads(nlpx("inspect", target, "--json").stdout)
    assert facts["format"] == "Hugging Face"
    assert facts["parameters"] == "6,752"


def test_a_folder_that_is_not_there_is_a_data_error(tmp_path):
    for command in (["inspect", tmp_path / "none"], ["convert", tmp_path / "none", tmp_path / "new"]):
        error = nlpx(*command, code=4).output
        assert f"there is no folder {tmp_path / 'none'}" in error
        assert "download the checkpoint first" in error


def test_list_shows_what_was_pretrained_here(tmp_path, monkeypatch):
    monkeypatch.setenv("NLPX_RUNS", str(tmp_path / "runs"))
    encoder = tmp_path / "runs" / "pretraining" / "v0001-mine" / "encoder"
    tiny.huggingface(encoder)
    (tmp_path / "runs" / "pretraining" / "v0002-begun").mkdir()
    assert json.loads(nlpx("list", "--json").stdout)["checkpoints"][-1] == str(encoder)
