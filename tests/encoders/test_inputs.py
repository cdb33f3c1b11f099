"""Features: as many as units, ids in range, right for known texts, never a crash."""

import logging
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpx.encoders.inputs.lexicon import GROUPS
from nlpx.errors import DataError
from tests.encoders.harness import ALL_INPUTS, TRAIN, config_of, fitted

ENCODER = fitted({"type": "bilstm", "inputs": ALL_INPUTS})
WORD_ENCODER = fitted(
    {"type": "gru", "inputs": {"unit": "word", "bigrams": True}}, ["the cat sat", "the dog sat"]
)
TEXT = st.text(st.one_of(st.characters(), st.sampled_from("中国人民银行北京市 ABC12,。\n😀")))


def vocabulary(encoder, name):
    return next(part.vocabulary for part in encoder.inputs if part.name == name)


def names(encoder, name, ids):
    tokens = ("", "?", *vocabulary(encoder, name).tokens)
    return [tokens[index] for index in ids]


@st.composite
def text_with_offsets(draw):
    text = draw(TEXT)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)))) | {0, len(text)})
    return text, [(a, b) for a, b in pairwise(cuts) if draw(st.booleans())]


@settings(deadline=None)
@given(TEXT)
def test_one_id_per_character(text):
    features = ENCODER.featurize(text)
    assert {len(array) for array in features.values()} == {len(text)}
    for name in ("tokens", "bigrams", "words", "segments"):
        assert features[name].dtype == np.int32
        assert np.all((features[name] >= 1) & (features[name] < len(vocabulary(ENCODER, name))))
    assert features["lexicon"].shape == (len(text), 4 * len(GROUPS))
    assert ENCODER.split(text) == [(i, i + 1) for i in range(len(text))]


@settings(deadline=None)
@given(text_with_offsets())
def test_given_offsets_are_the_units(case):
    text, offsets = case
    features = ENCODER.featurize(text, offsets)
    assert {len(array) for array in features.values()} == {len(offsets)}
    whole = ENCODER.featurize(text)
    starts = [start for start, _ in offsets]
    for name in ("words", "segments", "lexicon"):
        np.testing.assert_array_equal(features[name], whole[name][starts])
    wanted = vocabulary(ENCODER, "tokens").ids(text[start:end] for start, end in offsets)
    np.testing.assert_array_equal(features["tokens"], wanted)


@given(TEXT)
def test_word_units_skip_blanks_and_cover_the_rest(text):
    spans = WORD_ENCODER.split(text)
    covered = "".join(text[start:end] for start, end in spans)
    assert covered == "".join(text.split())
    assert all(len(array) == len(spans) for array in WORD_ENCODER.featurize(text).values())


@pytest.mark.parametrize(
    ("splitter", "wanted"),
    [
        ("regex", ["It", "'", "s", "北", "京", "3", ".", "14", "!"]),
        ("whitespace", ["It's", "北京", "3.14!"]),
        ("jieba", ["It", "'", "s", "北京", "3.14", "!"]),
    ],
)
def test_splitters(splitter, wanted):
    encoder = fitted({"type": "gru", "inputs": {"unit": "word", "splitter": splitter}})
    text = " It's 北京\t3.14!"
    assert [text[start:end] for start, end in encoder.split(text)] == wanted


def test_known_text():
    features = ENCODER.featurize("北京的X")
    assert names(ENCODER, "tokens", features["tokens"]) == ["北", "京", "的", "?"]
    assert names(ENCODER, "bigrams", features["bigrams"]) == ["北京", "?", "?", "?"]
    assert names(ENCODER, "segments", features["segments"]) == ["B-ns", "E-ns", "S-uj", "?"]
    place = 4 * GROUPS.index("place")
    assert features["lexicon"].nonzero()[0].tolist() == [0, 1]
    assert features["lexicon"].nonzero()[1].tolist() == [place, place + 2]  # B, E


def test_words_are_repeated_over_their_characters():
    encoder = fitted({"type": "gru", "inputs": {"words": {"min_count": 1}}})
    features = encoder.featurize("北京大学在上海")
    assert names(encoder, "words", features["words"]) == ["北京大学"] * 4 + ["在"] + ["?"] * 2


def test_folding_happens_before_look_up():
    encoder = fitted(
        {"type": "gru", "inputs": {"normalize": {"width": True, "lower": True, "digits": True}}}, ["abc 0"]
    )
    ids = encoder.featurize("ＡＢc\u30007")["tokens"]
    assert names(encoder, "tokens", ids) == list("abc 0")


def test_rare_tokens_are_unknown():
    encoder = fitted({"type": "gru", "inputs": {"tokens": {"min_count": 2}}}, ["aab", "c"])
    assert encoder.featurize("abc")["tokens"].tolist() == [2, 1, 1]


def test_word_lists_mark_every_place(tmp_path):
    (tmp_path / "a.txt").write_text("中国\n中国人\n国\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("人\n中国\n", encoding="utf-8")
    lists = {"x": str(tmp_path / "a.txt"), "y": [str(tmp_path / "b.txt")]}
    section = {"dictionary": False, "word_lists": lists, "min_length": 1}
    encoder = fitted({"type": "gru", "inputs": {"lexicon": section}})
    rows = encoder.featurize("中国人！")["lexicon"]
    marks = [["xB", "xM", "xE", "xS", "yB", "yM", "yE", "yS"][column] for column in rows.nonzero()[1]]
    assert marks == ["xB", "yB", "xM", "xE", "xS", "yE", "xE", "yS"]
    assert encoder.config.files() == {
        "inputs.lexicon.word_lists.x.0": tmp_path / "a.txt",
        "inputs.lexicon.word_lists.y.0": tmp_path / "b.txt",
    }


# === Pretrained vectors ===

VECTORS = "中 1 1\n美 2 2\na 3 3\n<UNK> 9 9\n"


@pytest.fixture
def vectors(tmp_path):
    (tmp_path / "v.vec").write_text(VECTORS, encoding="utf-8")
    return str(tmp_path / "v.vec")


def test_pretrained_vectors_start_the_embedding(vectors, caplog):
    with caplog.at_level(logging.INFO, logger="nlpx"):
        encoder = fitted({"type": "gru", "inputs": {"tokens": {"vectors": vectors}}}, ["中中国Ａ"])
    assert "tokens: 75.00 % of the training texts have a pretrained vector" in caplog.text
    layer = encoder.inputs[0].layer()
    ids = encoder.featurize("中美Ａ国新")["tokens"]  # 美 is known from the file alone
    found = np.asarray(layer(ids[None]))[0]
    assert found[[0, 1, 2, 4]].tolist() == [[1, 1], [2, 2], [3, 3], [9, 9]]
    assert np.isfinite(found).all()


@pytest.mark.parametrize("trainable", [True, False])
def test_pretrained_vectors_may_be_frozen(vectors, trainable):
    encoder = fitted({"type": "gru", "inputs": {"words": {"vectors": vectors, "trainable": trainable}}})
    layer = encoder.network().embedders["words"]
    assert layer(encoder.featurize("中国")["words"][None]).shape == (
        1,
        2,
        100,
    )  # projected to the tokens' size
    assert [variable.name for variable in layer.trainable_variables] == ["embeddings", "kernel"][
        1 - trainable :
    ]


def test_size_must_be_that_of_the_file(vectors):
    with pytest.raises(DataError, match=r"v\.vec: the vectors have size 2, `tokens\.size` is 7"):
        fitted({"type": "gru", "inputs": {"tokens": {"vectors": vectors, "size": 7}}})


def test_files_that_decide_are_listed(vectors):
    config = config_of({"type": "gru", "inputs": {"tokens": {"vectors": vectors}, "bigrams": True}})
    assert {key: str(path) for key, path in config.files().items()} == {"inputs.tokens.vectors": vectors}


def test_fit_takes_offsets_and_generators():
    encoder = fitted({"type": "gru"})
    encoder.fit((text for text in TRAIN), ([(0, 2)] for _ in TRAIN))
    assert set(vocabulary(encoder, "tokens").tokens) == {"中国", "他在", "北京"}
