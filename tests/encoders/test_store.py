"""A saved encoder is plain text; whatever is wrong with it is named."""

import json
import shutil

import pytest

from nlpx.encoders.encoder import Encoder
from nlpx.errors import RunError
from tests.encoders.harness import ALL_INPUTS, config_of, fitted

VALUES = {"type": "gru", "inputs": ALL_INPUTS}


@pytest.fixture
def folder(tmp_path):
    fitted(VALUES).save(tmp_path / "encoder")
    return tmp_path / "encoder"


def test_files_are_plain_text(folder):
    files = ["bigrams.txt", "encoder.json", "lexicon.txt", "segments.txt", "tokens.txt", "words.txt"]
    assert sorted(path.name for path in folder.iterdir()) == files
    assert "北\n" in (folder / "tokens.txt").read_text(encoding="utf-8")
    assert json.loads((folder / "encoder.json").read_text())["config"]["type"] == "gru"


def test_saving_twice_gives_the_same_bytes(folder, tmp_path):
    Encoder.load(config_of(VALUES), folder).save(tmp_path / "again")
    fitted(VALUES).save(tmp_path / "anew")
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()
        assert (tmp_path / "anew" / path.name).read_bytes() == path.read_bytes()


def test_odd_characters_survive(tmp_path):
    text = "\n\r\u2028\\ud800\ud800\x00 \u3000\ufeff😀"
    encoder = fitted(VALUES, [text, text])
    encoder.save(tmp_path)
    again = Encoder.load(encoder.config, tmp_path).featurize(text)
    assert all((again[name] == array).all() for name, array in encoder.featurize(text).items())


def test_vectors_are_needed_for_training_only(tmp_path):
    path = tmp_path / "v.vec"
    path.write_text("中 1 1\n", encoding="utf-8")
    values = {"type": "gru", "inputs": {"tokens": {"vectors": str(path)}}}
    fitted(values).save(tmp_path / "encoder")
    path.unlink()
    moved = {"type": "gru", "inputs": {"tokens": {"vectors": str(tmp_path / "elsewhere.vec")}}}
    loaded = Encoder.load(config_of(moved), tmp_path / "encoder")
    assert loaded.network().embedders["tokens"].size == 2


@pytest.mark.parametrize(
    ("name", "spoil", "what"),
    [
        ("tokens.txt", None, "tokens.txt is missing"),
        ("encoder.json", None, "encoder.json is missing"),
        ("words.txt", lambda data: data[:-3], "words.txt is damaged: its content is not what was saved"),
        ("words.txt", lambda data: data + b"x\n", "words.txt is damaged: its content"),
        ("encoder.json", lambda data: data[:50], "encoder.json is damaged"),
        ("encoder.json", lambda data: b"[]", "encoder.json is damaged: wanted the keys format, config"),
        (
            "encoder.json",
            lambda data: data.replace(b'"size": 5', b'"size": "x"'),
            "does not fit the input 'tokens'",
        ),
        (
            "encoder.json",
            lambda data: data.replace(b'"tokens.txt"', b'"../tokens.txt"'),
            "no plain file name",
        ),
        ("encoder.json", lambda data: data.replace(b'"format": 1', b'"format": 2'), "format 2, wanted 1"),
    ],
)
def test_damage_is_named(folder, name, spoil, what):
    path = folder / name
    if spoil is None:
        path.unlink()
    else:
        path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(RunError, match=what):
        Encoder.load(config_of(VALUES), folder)


def test_another_config_is_refused_with_its_keys(folder):
    other = config_of({"type": "gru", "units": 7, "inputs": {**ALL_INPUTS, "bigrams": None}})
    with pytest.raises(RunError, match="another config") as caught:
        Encoder.load(other, folder)
    assert "units: 200 there, 7 now" in str(caught.value)
    assert "inputs.bigrams.size: 3 there, None now" in str(caught.value)


def test_a_folder_may_move(folder, tmp_path):
    shutil.move(folder, tmp_path / "moved")
    assert Encoder.load(config_of(VALUES), tmp_path / "moved").featurize("中国")["tokens"].min() > 1
