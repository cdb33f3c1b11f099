"""RoBERTa's byte pairs: every character is known, and each token knows its characters."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

from nlpx.encoders.encoder import Encoder
from nlpx.encoders.pretrained.checkpoint import open_checkpoint
from nlpx.encoders.pretrained.facts import facts
from nlpx.encoders.pretrained.vocabulary import open_tokenizer
from nlpx.encoders.pretrained.write import convert
from nlpx.errors import ConfigError, DataError
from tests.encoders.harness import batch_of, config_of, fitted, run
from tests.pretrained import tiny
from tests.pretrained.fuzz import ODD, fuzzed

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
TEXTS = ["the cats of new york", "New York's cats, 2019", "the new cat 的中国银行 在中国", "café naïve"] * 3
TEXT = st.text(st.one_of(st.characters(), st.sampled_from(ODD)), max_size=30)
FAST = Path(__file__).with_name("fast_tokens.py")


def trained(leading_blank=False):
    """The library's own tokenizer of a vocabulary that was learned from a few texts."""
    made = Tokenizer(BPE())
    made.pre_tokenizer = ByteLevel(add_prefix_space=leading_blank)
    alphabet = ByteLevel.alphabet()
    made.train_from_iterator(
        TEXTS,
        BpeTrainer(vocab_size=300, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False),
    )
    return made


def write(folder, *, files="two", leading_blank=False):
    """A checkpoint of RoBERTa's kind with a vocabulary in two files, or in `tokenizer.json`."""
    made = trained(leading_blank)
    size = made.get_vocab_size()
    tiny.huggingface(
        folder, replace(tiny.TINY, model_type="roberta", tokens=size, offset=2, positions=34, segments=1)
    )
    (folder / "vocab.txt").unlink()
    settings = {"tokenizer_class": "RobertaTokenizer", "add_prefix_space": leading_blank}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    made.save(str(folder / "tokenizer.json"))
    if files == "two":
        model = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]
        (folder / "tokenizer.json").unlink()
        (folder / "vocab.json").write_text(json.dumps(model["vocab"]), "utf-8")
        merges = "".join(f"{left} {right}\n" for left, right in model["merges"])
        (folder / "merges.txt").write_text(f"#version: 0.2\n{merges}", "utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("roberta") / "tiny")


@pytest.fixture(scope="module")
def tokenizer(folder):
    return open_tokenizer(folder, 1000)


def shown(tokenizer, text):
    found = tokenizer.encode(text)
    return [(tokenizer.vocabulary[i], text[a:b]) for i, (a, b) in zip(*found, strict=True)]


def test_blanks_before_words_are_no_part_of_them(tokenizer):
    assert shown(tokenizer, "the cats") == [("the", "the"), ("Ġcats", "cats")]
    assert [part for _, part in shown(tokenizer, "a  cats\n")] == ["a", " ", "cats", "\n"]


def test_a_character_of_several_bytes_may_be_several_tokens(tokenizer):
    assert {part for _, part in shown(tokenizer, "😀")} == {"😀"}
    assert len(shown(tokenizer, "😀")) == 4
    assert shown(tokenizer, "中国")[0][1] in ("中国", "中")


@given(TEXT)
def test_offsets_are_in_order_and_all_but_blanks_are_covered(tokenizer, text):
    offsets = tokenizer.encode(text).offsets
    starts, ends = offsets[:, 0], offsets[:, 1]
    assert (starts < ends).all()
    assert (np.diff(starts) >= 0).all()
    assert (np.diff(ends) >= 0).all()
    covered = np.zeros(len(text), bool)
    for start, end in offsets.tolist():
        covered[start:end] = True
    assert all(yes or char.isspace() for char, yes in zip(text, covered, strict=True))


@pytest.mark.parametrize("blank", [False, True])
def test_all_files_give_the_same_and_so_does_what_is_written(tmp_path, blank):
    library = trained(blank)
    two, one = (write(tmp_path / name, files=name, leading_blank=blank) for name in ("two", "one"))
    convert(open_checkpoint(two), tmp_path / "converted")
    for folder in (two, one, tmp_path / "converted"):
        found = open_tokenizer(folder, 1000)
        for text in [*TEXTS, *fuzzed(50)]:
            wanted = library.encode(text.replace("[MASK]", ""), add_special_tokens=False).ids
            assert found.encode(text.replace("[MASK]", "")).ids.tolist() == wanted
    assert facts(open_checkpoint(one))["vocabulary"] == f"{len(found):,} tokens, keeps case"


def test_a_run_needs_its_checkpoint_no_more(folder, tmp_path):
    values = {"type": "bert", "checkpoint": str(folder)}
    first = fitted(values)
    first.save(tmp_path)
    again = Encoder.load(config_of({**values, "checkpoint": str(tmp_path / "gone")}), tmp_path)
    texts = ["the cats 在😀", "", " a  b"]
    batch, other = batch_of(first, texts), batch_of(again, texts)
    assert all((batch[name] == other[name]).all() for name in batch)
    vectors = run(first.network(), batch)
    assert vectors.shape == (3, len(texts[0]), 16)
    assert np.abs(vectors[0]).min(axis=1).max() > 0


def test_two_texts_have_two_marks_between_them(folder):
    encoder = Encoder(config_of({"type": "bert", "checkpoint": str(folder)}))
    encoder.fit(["the cat"])
    found = encoder.featurize_pair("the cat", "new")
    vocabulary = encoder.inputs[0].tokenizer.vocabulary
    tokens = [vocabulary[i - 1] for i in found["subwords"]]
    assert tokens[:5] == ["<s>", "the", "Ġcat", "</s>", "</s>"]
    assert "".join(tokens[5:]) == "new</s>"
    assert not found["subword_segments"].any()
    assert (found["units"][-3:, 1] <= len(tokens) - 2).all()
    second = encoder.pair_positions("the cat", "new")[1]
    assert [token for token, (a, b) in zip(tokens, second, strict=True) if a < b] == tokens[5:-1]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"pre_tokenizer": {"type": "Metaspace"}}, "of another kind than RoBERTa's: see pre_tokenizer"),
        ({"normalizer": {"type": "NFC"}}, "see normalizer"),
        ({"model": {"type": "BPE", "vocab": {"a": 0}}}, "holds no vocabulary of byte pairs"),
        (
            {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}, "added_tokens": []},
            "the vocabulary lacks",
        ),
        (
            {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b c"]}, "added_tokens": []},
            "'a b c' are no two",
        ),
    ],
)
def test_other_byte_pairs_are_refused(tmp_path, change, what):
    path = write(tmp_path / "one", files="one") / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
    with pytest.raises(DataError, match=what):
        open_tokenizer(path.parent, 1000)


def test_what_byte_pairs_cannot_do_is_refused(folder, tmp_path):
    for options in ({"lower": True}, {"split": "character"}):
        with pytest.raises(ConfigError, match="byte pairs know neither folded case nor single characters"):
            open_tokenizer(folder, 1000, **options)
    encoder = Encoder(config_of({"type": "bert", "checkpoint": str(folder), "keep_tokens": "seen"}))
    with pytest.raises(ConfigError, match="none can be left out"):
        encoder.fit(["the cat"])
    (write(tmp_path / "two") / "merges.txt").unlink()
    with pytest.raises(DataError, match=r"there is a vocab\.json, but no merges\.txt"):
        open_tokenizer(tmp_path / "two", 1000)


@pytest.mark.slow
def test_tokens_are_those_of_transformers(folder, tokenizer, tmp_path):
    python = os.environ.get("NLPX_TRANSFORMERS_PYTHON")
    if not python:
        pytest.skip("wants NLPX_TRANSFORMERS_PYTHON with transformers")
    convert(open_checkpoint(folder), tmp_path / "converted")
    lines = [*TEXTS, *(line for line in fuzzed(2000) if max(line, default="") < "\ud800")]
    sent = "".join(json.dumps(line) + "\n" for line in lines)
    command = [python, str(FAST), str(tmp_path / "converted")]
    done = subprocess.run(command, input=sent, capture_output=True, text=True, check=True)
    wanted = [json.loads(row)[0] for row in done.stdout.splitlines()]
    assert [[token for token, _ in shown(tokenizer, line)] for line in lines] == wanted
