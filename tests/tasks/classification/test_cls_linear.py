"""The linear baseline: features, weights, probabilities, files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from nlpx.errors import RunError
from nlpx.tasks.classification.config_linear import LinearConfig, NgramsConfig
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.label_set import LabelSet, probabilities
from nlpx.tasks.classification.linear.calibration import best_scale
from nlpx.tasks.classification.linear.folds import fold_numbers
from nlpx.tasks.classification.linear.model import LinearModel
from nlpx.tasks.classification.linear.ngrams import Ngrams
from nlpx.tasks.classification.linear.solver import log_count_ratios
from tests.tasks.classification.cls_samples import rows

EXAMPLES = [Example(row["id"], row["text"], (row["label"],)) for row in rows()]
LABELS = LabelSet.fit(EXAMPLES, several=False)
TARGETS = LABELS.encode(EXAMPLES)
TEXTS = [one.text for one in EXAMPLES]


def fitted(**settings: Any) -> LinearModel:
    model = LinearModel(LinearConfig(**settings))
    model.fit(EXAMPLES, TARGETS)
    return model


@pytest.mark.parametrize(
    ("config", "options"),
    [
        (NgramsConfig(), {"analyzer": "char", "ngram_range": (1, 3), "min_df": 2}),
        (NgramsConfig(inside_words=True, min_count=1), {"analyzer": "char_wb", "ngram_range": (1, 3)}),
        (
            NgramsConfig(unit="token", longest=2, min_count=1),
            {"token_pattern": r"\S+", "ngram_range": (1, 2)},
        ),
    ],
)
def test_features_are_those_of_scikit_learn(config, options):
    texts = [*TEXTS, "Good BOOK good", "a bad book"]
    ours = Ngrams(config)
    ours.fit(texts)
    theirs = TfidfVectorizer(sublinear_tf=True, dtype=np.float64, **options)
    # Full-width signs are folded first, which scikit-learn doesn't do.
    folded = [text.replace("，", ",").replace("！", "!").replace("？", "?") for text in texts]
    np.testing.assert_allclose(
        ours.transform(texts).toarray(), theirs.fit_transform(folded).toarray(), atol=1e-6
    )


def test_words_are_those_of_the_segmenter():
    family = Ngrams(NgramsConfig(unit="word", longest=2, min_count=1))
    family.fit(["房间很干净", "服务很差"])
    assert {"房间", "干净", "房间 很"} <= set(family.names)


def test_ngrams_that_are_nowhere_give_zeros():
    family = Ngrams(NgramsConfig(min_count=50))
    family.fit(["甲", "乙"])
    assert family.transform(["甲"]).nnz == 0


@pytest.mark.parametrize("classifier", ["svm", "logistic"])
@pytest.mark.parametrize("ratios", [False, True])
def test_it_learns(classifier, ratios):
    model = fitted(classifier=classifier, ratios=ratios)
    said = LABELS.decode(model.scores([Example("x", "房间很糟糕"), Example("y", "屏幕不错")]))
    assert [one.labels for one in said] == [("neg",), ("pos",)]
    assert all(sum(one.probabilities.values()) == pytest.approx(1) for one in said)


def test_many_classes_and_several_per_text():
    examples = [Example(str(i), "甲乙丙"[i % 3] * 2, ("abc"[i % 3],)) for i in range(30)]
    labels = LabelSet.fit(examples, several=True)
    for several in (False, True):
        model = LinearModel(LinearConfig(), several=several)
        model.fit(examples, labels.encode(examples))
        scores = model.scores(examples[:3])
        assert scores.argmax(axis=1).tolist() == [0, 1, 2]
        assert ((scores > 0) == np.eye(3, dtype=bool)).all() or not several


def test_pairs_know_what_their_texts_share():
    examples = [Example(str(i), "甲乙丙丁"[i % 4], ("same" if i % 8 < 4 else "other",), "甲乙丙丁"[(i + i // 4) % 4])
                for i in range(64)]  # fmt: skip
    model = LinearModel(LinearConfig(ngrams=[NgramsConfig(longest=1)]))
    labels = LabelSet.fit(examples, several=False)
    assert labels.paired
    model.fit(examples, labels.encode(examples))
    assert model.features(examples).shape == (64, 3 * len(model.families[0]))


def test_cross_validated_scores_come_from_others():
    """A class that nothing but the text itself could tell is not told."""
    random = np.random.default_rng(0)
    examples = [Example(str(i), chr(0x4E00 + i) * 3, (random.choice(["a", "b"]),)) for i in range(60)]
    labels = LabelSet.fit(examples, several=False)
    config = LinearConfig(ngrams=[NgramsConfig(min_count=1)], c=10)
    model = LinearModel(config)
    model.fit(examples, labels.encode(examples))
    held_out = model.cross_validate(
        model.features(examples), labels.encode(examples), fold_numbers(examples, 5)
    )
    gold = labels.encode(examples).argmax(axis=1)
    assert (model.scores(examples).argmax(axis=1) == gold).mean() == 1
    assert (held_out.argmax(axis=1) == gold).mean() < 0.7


def test_twins_and_phrases_share_a_fold():
    twins = fold_numbers([Example("1", "Ａ b"), Example("2", "ab"), Example("3", "c")], 97)
    assert twins[0] == twins[1] != twins[2]
    phrases = [Example("1", "a b", source="f:1"), Example("1.1", "b", source="f:1", whole=False)]
    assert len(set(fold_numbers(phrases, 97))) == 1


def test_the_scale_makes_scores_as_sure_as_they_are_right():
    random = np.random.default_rng(0)
    logits = random.normal(size=(4000, 3)) * 2
    p = probabilities(logits, several=False)
    gold = np.array([random.choice(3, p=row) for row in p])
    assert best_scale(logits / 5, np.eye(3)[gold], several=False) == pytest.approx(5, rel=0.1)


def test_ratios_are_large_for_what_is_in_one_class_only():
    from scipy.sparse import csr_matrix

    features = csr_matrix(np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1], [0, 1, 1]], float))
    ratios = log_count_ratios(features, np.array([True, True, False, False]))
    assert ratios[0] > 0 > ratios[2]
    assert ratios[1] == pytest.approx(0)


def test_it_comes_back_from_its_files(tmp_path):
    model = fitted(ngrams=[NgramsConfig(), NgramsConfig(unit="word", longest=2)])
    model.save(tmp_path)
    assert {path.suffix for path in tmp_path.iterdir()} == {".txt", ".safetensors"}
    again = LinearModel(model.config)
    again.load(tmp_path)
    np.testing.assert_allclose(again.scores(EXAMPLES), model.scores(EXAMPLES), rtol=1e-6)
    (tmp_path / "ngrams_1.txt").write_text("x\n")
    with pytest.raises(RunError, match="don't fit each other"):
        LinearModel(model.config).load(tmp_path)


@pytest.mark.parametrize("text", ["", " ", "\ud800坏", "\x00\n\u2028", "unseen"])
def test_any_text_has_scores(text):
    assert np.isfinite(fitted().scores([Example("0", text)])).all()
