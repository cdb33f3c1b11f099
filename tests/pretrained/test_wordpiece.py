"""The tokenizer is BERT's, and each token knows its characters."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import unicodedata
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.encoders.pretrained.alignment import NONE, align, tokens_of_characters
from nlpx.encoders.pretrained.checkpoint import open_checkpoint
from nlpx.encoders.pretrained.vocabulary import read_tokenizer
from nlpx.encoders.pretrained.wordpiece import Wordpiece, guess_lower
from nlpx.encoders.pretrained.write import convert
from nlpx.errors import DataError
from tests.pretrained import tiny
from tests.pretrained.fuzz import ODD, fuzzed

GOLDEN = Path(__file__).parent / "golden" / "tokens.jsonl"
SCRIPT, FAST = (Path(__file__).with_name(name) for name in ("reference_tokens.py", "fast_tokens.py"))
TOKENIZER = Wordpiece(tiny.VOCABULARY)
TEXT = st.text(st.one_of(st.characters(), st.sampled_from(ODD)), max_size=40)


def tokens(text, tokenizer=TOKENIZER):
    return [tokenizer.vocabulary[i] for i in tokenizer.encode(text).ids]


@pytest.mark.parametrize("cased", [False, True])
def test_tokens_are_those_of_the_reference(cased):
    tokenizer = Wordpiece(tiny.VOCABULARY, lower=not cased)
    rows = [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]
    assert len(rows) > 200
    wrong = [row for row in rows if tokens(row["text"], tokenizer) != row["cased" if cased else "lower"]]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("在New Yorks!", [("在", "在"), ("new", "New"), ("york", "York"), ("##s", "s"), ("!", "!")]),
        ("é的", [("[UNK]", "é"), ("的", "的")]),
        ("á Ab", [("a", "á"), ("ab", "Ab")]),
        ("a\u0301b", [("ab", "a\u0301b")]),
        ("在\ufffd\x00在", [("在", "在"), ("在", "在")]),
        ("😀😀 在", [("[UNK]", "😀😀"), ("在", "在")]),
        ("２", [("[UNK]", "２")]),
        ("[MASK]", [("[UNK]", "["), ("[UNK]", "MASK"), ("[UNK]", "]")]),
    ],
)
def test_each_token_knows_its_characters(text, wanted):
    found = TOKENIZER.encode(text)
    assert [(TOKENIZER.vocabulary[i], text[a:b]) for i, (a, b) in zip(*found, strict=True)] == wanted


@given(TEXT, st.booleans(), st.sampled_from(["wordpiece", "character"]))
def test_offsets_are_in_order_and_inside_any_text(text, lower, split):
    found = Wordpiece(tiny.VOCABULARY, lower=lower, split=split).encode(text)
    starts, ends = found.offsets[:, 0], found.offsets[:, 1]
    assert (starts >= 0).all()
    assert (starts < ends).all()
    assert (ends <= len(text)).all()
    assert (np.diff(starts) >= 0).all()
    assert (np.diff(ends) >= 0).all()


@given(TEXT, st.data())
def test_units_and_tokens_find_each_other(text, data):
    found = TOKENIZER.encode(text)
    starts, ends = found.offsets[:, 0], found.offsets[:, 1]
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    units = list(pairwise(cuts))
    rows = align(starts, ends, units, len(text))
    for (start, end), (first, last, place) in zip(units, rows.tolist(), strict=True):
        own = [i + 1 for i in range(len(starts)) if starts[i] < end and ends[i] > start]
        assert list(range(first, last + 1)) == (own or [first, first + 1])
        assert (place == NONE) == (not own)
        assert 0 <= first <= last <= len(starts) + 1
    for place, token in enumerate(tokens_of_characters(starts, ends, len(text)).tolist()):
        assert token == -1 or starts[token] <= place < ends[token]


def test_every_character_is_a_token_where_that_is_wanted():
    tokenizer = Wordpiece(tiny.VOCABULARY, split="character")
    assert tokens("new 20 在", tokenizer) == ["[UNK]", "[UNK]", "[UNK]", "2", "[UNK]", "在"]


def test_what_is_not_kept_falls_into_pieces():
    pruned = TOKENIZER.pruned(["a", "##b", "在"])[0]
    assert tokens("ab在的", TOKENIZER) == ["ab", "在", "的"]
    assert tokens("ab在的", pruned) == ["a", "##b", "在", "[UNK]"]
    assert len(pruned) == 3 + 5


def test_a_vocabulary_comes_from_either_file(tmp_path):
    tiny.huggingface(tmp_path)
    text = "在New Yorks"
    wanted = tokens(text)
    made = read_tokenizer(tmp_path, 1000)
    assert made.lower
    made._tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "vocab.txt").unlink()
    assert tokens(text, read_tokenizer(tmp_path, 1000)) == wanted
    with pytest.raises(DataError, match="its vocabulary has 124 tokens, its model only 100"):
        read_tokenizer(tmp_path, 100)
    (tmp_path / "tokenizer.json").write_text('{"model": {"type": "BPE", "vocab": {"a": 0}}}')
    with pytest.raises(DataError, match=r"/tokenizer\.json is of the type BPE; wanted WordPiece"):
        read_tokenizer(tmp_path, 100)


@pytest.mark.parametrize(
    ("ids", "gap"),
    [([4, 3, 2, 1, 0], None), ([0, 1, 2, 4, 7], 3), ([0, 1, 1, 2, 3], 4), ([0, 1, 2, 3, "4"], 4)],
)
def test_ids_of_a_tokenizer_json_are_rows_of_the_model(ids, gap):
    vocabulary = dict(zip(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"], ids, strict=True))
    text = json.dumps({"model": {"type": "WordPiece", "vocab": vocabulary}})
    if gap is None:
        assert Wordpiece.from_json(text).vocabulary == ["a", "[SEP]", "[CLS]", "[UNK]", "[PAD]"]
        return
    with pytest.raises(DataError, match=rf"its vocabulary has 5 tokens, but none with the id {gap}"):
        Wordpiece.from_json(text)


@pytest.mark.parametrize(
    ("settings", "words", "lower"),
    [
        ({"do_lower_case": False}, ["a"], False),
        ({}, ["the", "cat", "##S", "[CLS]"], True),
        ({}, ["The", "cat", "New", "the"], False),
    ],
)
def test_case_is_what_the_folder_says_or_shows(settings, words, lower):
    assert guess_lower(settings, words) is lower


@pytest.mark.parametrize("name", ["tokenizer_config.json", "tokenizer.json"])
def test_accents_and_ideographs_are_as_the_folder_says_and_stay_so(name, tmp_path):
    folder = tiny.huggingface(tmp_path / "a")
    key = "tokenize_chinese_chars" if name == "tokenizer_config.json" else "handle_chinese_chars"
    said = {"strip_accents": False, key: False}
    (folder / "tokenizer_config.json").unlink()
    (folder / name).write_text(json.dumps(said if key.startswith("tok") else {"normalizer": said}))
    found = read_tokenizer(folder, 1000)
    text = "ás在他"
    assert tokens(text) == ["a", "##s", "在", "他"]
    assert tokens(text, found) == ["[UNK]"]
    assert tokens(text, found.pruned(found.vocabulary)[0]) == ["[UNK]"]
    convert(open_checkpoint(folder), tmp_path / "b")
    assert tokens(text, read_tokenizer(tmp_path / "b", 1000)) == ["[UNK]"]


@pytest.mark.parametrize(("lower", "stripped"), [(True, True), (False, False)])
def test_accents_follow_case_where_nothing_is_said(lower, stripped, tmp_path):
    tiny.huggingface(tmp_path)
    settings = tmp_path / "tokenizer_config.json"
    settings.write_text(json.dumps({"do_lower_case": lower, "strip_accents": None}))
    assert (tokens("á", read_tokenizer(tmp_path, 1000)) == ["a"]) is stripped
    settings.write_text('{"strip_accents": "no"}')
    with pytest.raises(DataError, match=r"tokenizer_config.json: the key 'strip_accents' is 'no'"):
        read_tokenizer(tmp_path, 1000)


def test_a_vocabulary_without_special_tokens_is_refused():
    with pytest.raises(DataError, match=r"the vocabulary lacks \[UNK\], \[CLS\], \[SEP\]"):
        Wordpiece(["a", "b"])


def test_ids_of_a_tokenizer_json_may_stand_among_the_added_tokens():
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    added = [{"id": i, "content": token} for i, token in enumerate(special)]
    text = json.dumps({"model": {"type": "WordPiece", "vocab": {"a": 4, "[UNK]": 1}}, "added_tokens": added})
    assert Wordpiece.from_json(text).vocabulary == [*special, "a"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ΟΔΟΣ ΣΑ Σ", ["οδος", "σα", "σ"]),
        ("ΟΔΟΣ的ΑΣ,ΑΣ\u00adΑ", ["οδος", "ας", "ασα"]),
        ("İΣ ΣΣΣ", ["iς", "σσς"]),
        ("ΑΣ\x00Α ΑΣ\x00", ["ασα", "ας"]),
    ],
)
def test_a_sigma_at_the_end_of_a_word_is_another_letter(text, wanted):
    tokenizer = Wordpiece([*tiny.VOCABULARY, *wanted])
    found = tokenizer.encode(text)
    assert [token for i in found.ids if (token := tokenizer.vocabulary[i]) not in ("的", ",")] == wanted
    assert "".join(text[start:end] for start, end in found.offsets) == re.sub(r"\s|\x00$", "", text)


@pytest.mark.parametrize(
    ("char", "wanted"),
    [
        ("\u2e55", ["a", "[UNK]", "a"]),  # a bracket of Unicode 14
        ("\u0898", ["aa"]),  # an accent of Unicode 14
        ("\u0890", ["aa"]),  # a format character of Unicode 14
    ],
)
def test_what_is_new_to_the_library_is_taken_for_what_it_is(char, wanted):
    if unicodedata.category(char) == "Cn":
        pytest.skip("Python does not know it either")
    tokenizer = Wordpiece([*tiny.VOCABULARY, "aa"])
    assert tokens(f"a{char}a", tokenizer) == wanted
    kept = Wordpiece([*tiny.VOCABULARY, char, f"a{char}a"])
    assert tokens(f"a{char}a", kept) == [f"a{char}a"], "its vocabulary knows it otherwise"


def test_control_characters_stay_where_the_folder_says_so(tmp_path):
    folder = tiny.huggingface(tmp_path / "a")
    (folder / "tokenizer_config.json").write_text('{"clean_text": false}')
    text = "a\x07\u2e55 a\ufffd"
    found = read_tokenizer(folder, 1000)
    assert tokens(text) == ["a", "[UNK]", "a"]
    assert tokens(text, found) == ["[UNK]", "[UNK]", "[UNK]"]
    assert tokens(text, found.pruned(found.vocabulary)[0]) == ["[UNK]"] * 3
    convert(open_checkpoint(folder), tmp_path / "b")
    assert tokens(text, read_tokenizer(tmp_path / "b", 1000)) == ["[UNK]"] * 3


def reference():
    """Where the real texts and their vocabulary are, and the Python with transformers; skips where there are none."""
    python, data = os.environ.get("NLPX_TRANSFORMERS_PYTHON"), os.environ.get("NLPX_DATA")
    if not python or not data or not (Path(data) / "text").is_dir():
        pytest.skip("wants NLPX_DATA with text/ and vocab/, and NLPX_TRANSFORMERS_PYTHON with transformers")
    return python, Path(data), Path(data) / "vocab" / "bert-base-chinese_vocab.txt"


def answers(lines, *command):
    sent = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(command, input=sent, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def real_lines(data, each):
    found = []
    for name in ("niutrans_modern.txt", "xinwenlianbo.md"):
        found += (data / "text" / name).read_text("utf-8").split("\n")[:each]
    return found


@pytest.mark.slow
def test_real_texts_and_many_fuzzed_ones_agree_with_the_reference():
    python, data, vocabulary = reference()
    tokenizer = Wordpiece.from_text(vocabulary.read_text("utf-8"))
    lines = fuzzed(20_000) + real_lines(data, 50_000)
    wanted = answers(lines, python, str(SCRIPT), str(vocabulary))
    wrong = [line for line, row in zip(lines, wanted, strict=True) if tokens(line, tokenizer) != row]
    assert wrong == []


@pytest.mark.slow
def test_tokens_and_characters_of_real_texts_are_those_of_transformers(tmp_path):
    python, data, vocabulary = reference()
    shutil.copy(vocabulary, tmp_path / "vocab.txt")
    (tmp_path / "tokenizer_config.json").write_text('{"tokenizer_class": "BertTokenizer"}')
    tokenizer = Wordpiece.from_text(vocabulary.read_text("utf-8"))
    lines = real_lines(data, 50_000)
    wanted = answers(lines, python, str(FAST), str(tmp_path))
    found = [tokenizer.encode(line) for line in lines]
    got = [[[tokenizer.vocabulary[i] for i in one.ids], one.offsets.tolist()] for one in found]
    wrong = [line for line, one, row in zip(lines, got, wanted, strict=True) if one != row]
    assert len(lines) == 100_000
    assert wrong == []
