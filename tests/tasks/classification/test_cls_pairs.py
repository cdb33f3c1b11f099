"""Pairs of texts that a pretrained encoder reads as one sequence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.encoders.bert import UnitsConfig
from nlpx.explain.choice import choose
from nlpx.explain.decision import Case
from nlpx.explain.units import Units
from nlpx.task import FitContext
from nlpx.tasks.classification.classifier import NetworkPredictor
from nlpx.tasks.classification.config import ClassificationConfig
from nlpx.tasks.classification.config_head import LengthsConfig
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.long_texts import count_cut
from nlpx.tasks.classification.pieces import cut_pair, share
from nlpx.tasks.classification.task import Classification
from tests.pretrained import tiny
from tests.tasks.classification.test_cls_network import make

TEXTS = ["我在 new yorks 2019年", "的", "a\x00😀在", "北京的银行", "中" * 30]
PAIRS = [
    Example(str(i), text, ("same" if text == other else "other",), pair=other)
    for i, (text, other) in enumerate((text, other) for text in TEXTS[:4] for other in [*TEXTS, "", text])
]
TRAINING = {"epochs": 2, "batch_size": 4, "buckets": 1, "jit_compile": False, "patience": None}


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    folder = tiny.huggingface(tmp_path_factory.mktemp("checkpoint") / "tiny")
    return {"type": "bert", "checkpoint": str(folder)}


@pytest.fixture(scope="module")
def joined(encoder):
    return make(PAIRS, encoder=encoder, head={"pooling": ["cls", "max"]}, training=TRAINING)


# === Lengths ===


@given(st.tuples(st.integers(0, 50), st.integers(0, 50)), st.integers(8, 40))
def test_the_longer_text_is_cut_first(sizes, most):
    found = share(sizes, most)
    left = list(sizes)
    while sum(left) > most:  # what BERT's own code does, a token at a time
        left[int(left[1] > left[0]) if left[0] != left[1] else 1] -= 1
    assert found == tuple(left)


@given(
    st.tuples(st.text("ab", max_size=40), st.text("cd", max_size=40)),
    st.sampled_from(["head_tail", "windows"]),
)
def test_pieces_of_a_pair_fit_and_windows_lose_no_more_than_is_told(texts, long):
    lengths = LengthsConfig(max_length=10, overlap=4, long=long)
    pieces = cut_pair(texts, (None, None), lengths)
    assert all(first.length + second.length <= 10 for first, second in pieces)
    assert long == "windows" or len(pieces) == 1
    seen = [{place for pair in pieces for place in pair[at].places} for at in (0, 1)]
    lost = sum(len(text) for text in texts) - sum(map(len, seen))
    told = count_cut([Example("", texts[0], pair=texts[1])], UnitsConfig(), lengths, joined=True)
    assert told == ({"cut": {"texts": 1, "units": lost}} if lost else {})
    assert long == "head_tail" or any(
        seen[at] == {(i, i + 1) for i in range(len(texts[at]))} for at in (0, 1)
    )


# === Network ===


def test_what_the_network_reads_is_one_sequence_with_segments(joined):
    [seen] = joined.pieces("我在 new yorks", "在我")
    features = joined.featurize(*seen)
    vocabulary = joined.encoder.inputs[0].tokenizer.vocabulary
    tokens = [vocabulary[i - 1] for i in features["subwords"]]
    assert tokens == ["[CLS]", "我", "在", "new", "york", "##s", "[SEP]", "在", "我", "[SEP]"]
    assert features["subword_segments"].tolist() == [0] * 7 + [1] * 3
    assert features["units"][-2:, :2].tolist() == [[7, 7], [8, 8]]
    assert joined.length(*seen) == len(features["units"]) == len("我在 new yorks") + 2
    first, second = joined.encoder.pair_positions("我在 new yorks", "在我")
    assert ["我在 new yorks"[a:b] for a, b in first] == ["", "我", "在", "new", "york", "s", "", "", "", ""]
    assert ["在我"[a:b] for a, b in second] == [""] * 7 + ["在", "我", ""]


def test_units_of_both_texts_take_the_vectors_of_their_tokens(joined):
    encoder = joined.encoder
    alone = encoder.featurize("在我")["units"]
    both = encoder.featurize_pair("", "在我")["units"]
    np.testing.assert_array_equal(both[:, :2], alone[:, :2] + 1)
    np.testing.assert_array_equal(encoder.featurize_pair("在我", "")["units"], alone)


def test_a_pair_has_the_same_scores_whatever_stands_beside_it(joined):
    pairs = [*PAIRS[:4], Example("", "", pair=""), Example("", "好" * 300, pair="坏" * 300)]
    alone = np.concatenate([joined.logits([one]) for one in pairs])
    np.testing.assert_allclose(joined.logits(pairs), alone, atol=1e-5)


def test_each_text_and_their_order_matter(joined):
    texts = [("在", "我"), ("我", "在"), ("在", "你"), ("你", "我")]
    found = joined.logits([Example("", first, pair=second) for first, second in texts])
    assert len(np.unique(found[:, 0].round(6))) == 4


def test_it_learns_and_its_files_bring_it_back(encoder, tmp_path):
    predictor = make(PAIRS, encoder=encoder, head={"pooling": "cls"}, training=TRAINING)
    predictor.fit(PAIRS, PAIRS[:4], FitContext(tmp_path / "fit", seed=0))
    predictor.save(tmp_path / "model")
    again = NetworkPredictor(predictor.config)
    again.load(tmp_path / "model")
    assert again.predict(PAIRS) == predictor.predict(PAIRS)


def test_texts_may_be_read_apart_too(encoder):
    predictor = make(PAIRS, encoder=encoder, head={"pairs": "apart", "pooling": "mean"})
    assert not predictor.joined
    assert predictor.network.classes.kernel.shape[0] == 4 * 16
    assert predictor.logits(PAIRS[:2]).shape == (2, 2)


def test_an_encoder_that_cannot_join_is_refused():
    values = {"data": {"train": "x"}, "encoder": {"type": "lstm"}, "head": {"pairs": "joined"}}
    with pytest.raises(ValueError, match="joined wants encoder"):
        ClassificationConfig.model_validate(values)


# === Saliency ===


@pytest.mark.parametrize("long", ["head_tail", "windows"])
def test_maps_of_the_first_text_are_exact(encoder, long):
    lengths = {"max_length": 12, "overlap": 2, "long": long}
    predictor = make(
        PAIRS, encoder=encoder, head={"pooling": ["cls", "mean"]}, lengths=lengths, training=TRAINING
    )
    explainer = Classification(predictor.config).explainer(predictor)
    text, other = "我在北京 new yorks 2019年的大", "北京的银行"
    [[decision]] = explainer.decisions([Example("", text, pair=other)])
    units = Units(len(text), [(i, i + 1) for i in range(len(text))])
    [method] = choose(explainer, "gradient_x_input")
    scores = method.score(explainer, [Case(decision, units)])[0].values
    read = {place for piece, _ in predictor.pieces(text, other) for place in piece.places}
    for i, score in enumerate(scores.tolist()):
        assert (score != 0) == ((i, i + 1) in read and not text[i].isspace())
    if long == "windows":
        return
    [found] = choose(explainer, "integrated_gradients")
    facts = found.score(explainer, [Case(decision, units)])[0].facts
    assert abs(facts["completeness_gap"]) < 0.05 * abs(facts["logit"] - facts["baseline_logit"]) + 1e-3
