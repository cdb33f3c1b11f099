"""Maps of real networks, with the weights they start with: what must hold for any weights."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from nlpx.errors import UsageError
from nlpx.explain.choice import choose
from nlpx.explain.decision import Case, Variant
from nlpx.explain.explain import explain_with
from nlpx.explain.units import Units
from nlpx.tasks.classification.config import ClassificationConfig
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.joint import JointPredictor
from nlpx.tasks.classification.task import Classification
from tests.pretrained import tiny
from tests.tasks.classification.test_cls_network import ENCODER, EXAMPLES, PAIRS, make

LAST = {"pooling": "last"}


def explainer_of(examples=EXAMPLES, **sections):
    """Of a network with the weights it starts with. One for many questions: every shape is compiled once."""
    predictor = make(examples, **{"head": LAST, "training": {"jit_compile": False}, **sections})
    return Classification(predictor.config).explainer(predictor)


def maps(explainer, texts, method, **options):
    """One map per text."""
    examples = [Example(str(i), text) if isinstance(text, str) else text for i, text in enumerate(texts)]
    return [own for [own] in explain_with(explainer, examples, choose(explainer, method), **options)]


@pytest.fixture(scope="module")
def lstm():
    return explainer_of()


@pytest.fixture(scope="module")
def bigru():
    return explainer_of(encoder={**ENCODER, "type": "bigru"})


def test_state_drop_sums_to_one_in_words_too(lstm):
    for unit in ("char", "word"):
        for found in maps(lstm, ["房间很干净，但是服务太差", "好"], "state_drop", unit=unit):
            assert found.scores.sum() == pytest.approx(1, abs=1e-12)


def test_both_directions_have_a_map_of_their_own(bigru):
    [found] = maps(bigru, ["房间很干净"], "state_drop")
    assert found.facts["direction"] == "forward and backward, averaged"
    assert all(part.sum() == pytest.approx(1, abs=1e-9) for part in found.parts.values())
    np.testing.assert_allclose(found.scores, (found.parts["forward"] + found.parts["backward"]) / 2)


@pytest.mark.parametrize("method", ["gradient", "gradient_x_input", "smoothgrad", "state_drop", "random"])
def test_a_map_is_the_same_whatever_stands_beside_the_text(lstm, method):
    [alone] = maps(lstm, ["房间很干净"], method)
    beside = maps(lstm, ["好" * 40, "房间很干净", ""], method)[1]
    np.testing.assert_allclose(beside.scores, alone.scores, atol=1e-6)


@pytest.mark.parametrize("examples", [EXAMPLES, PAIRS], ids=["single", "pair"])
def test_integrated_gradients_are_complete(examples):
    explainer = explainer_of(examples, head={"pooling": ["mean", "max"], "hidden": 3})
    found = maps(explainer, examples[:2], "integrated_gradients")
    for one in found:
        assert (
            abs(one.facts["completeness_gap"])
            < 0.02 * abs(one.facts["logit"] - one.facts["baseline_logit"]) + 1e-3
        )
        odds = np.log(one.probability / (1 - one.probability))
        assert one.facts["logit"] == pytest.approx(odds, abs=1e-5)


@pytest.mark.parametrize("several", ["one", "several"])
def test_the_class_may_be_named(several):
    explainer = explainer_of(labels=several)
    [[decision]] = explainer.decisions([Example("0", "房间很好")], "pos")
    odds = explainer.log_odds([Variant(decision, np.ones(4, bool))])
    assert odds == pytest.approx(np.log(decision.probability / (1 - decision.probability)), abs=1e-6)
    both = [maps(explainer, ["房间很好"], "gradient_x_input", target=name)[0] for name in ("neg", "pos")]
    assert [one.target for one in both] == ["neg", "pos"]
    if several == "one":  # what speaks for one of two classes speaks against the other
        np.testing.assert_allclose(both[0].scores, -both[1].scores, atol=1e-6)


def test_gold_is_what_the_file_says(lstm):
    found = maps(lstm, EXAMPLES[:6], "random", target="gold")
    assert [one.target for one in found] == [example.labels[0] for example in EXAMPLES[:6]]


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("good", "there is no class 'good'\n--target is predicted, gold, or one of: neg, pos"),
        (
            "gold",
            "0: has no gold class to explain\nleave out --target gold, or name a labelled file with --data",
        ),
    ],
)
def test_a_class_that_is_not_there_is_an_error(lstm, target, text):
    with pytest.raises(UsageError) as error:
        maps(lstm, ["好"], "random", target=target)
    assert str(error.value) == text


@pytest.mark.parametrize("long", ["windows", "head_tail"])
def test_long_texts_have_scores_where_they_are_read(long):
    explainer = explainer_of(lengths={"max_length": 8, "overlap": 2, "long": long})
    text = "房间很好。" * 5
    for method in ("state_drop", "gradient_x_input"):
        [found] = maps(explainer, [text], method)
        assert len(found.scores) == len(text)
        assert (found.scores == 0).sum() == (0 if long == "windows" else len(text) - 8)
    assert maps(explainer, [text], "state_drop")[0].scores.sum() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("classes", [2, 3])
def test_of_windows_and_more_than_two_classes_it_is_told_what_is_explained(classes):
    examples = [Example(str(n), one.text, (f"c{n % classes}",)) for n, one in enumerate(EXAMPLES)]
    explainer = explainer_of(examples, lengths={"max_length": 8, "overlap": 2, "long": "windows"})
    texts = ["房间很好", "房间很好，早餐很差，位置不错，房间干净。"]
    short, long = maps(explainer, texts, "integrated_gradients", target="c1")
    assert "windows" not in short.facts
    assert ("windows" in long.facts) == (classes > 2)
    exact = [short, long] if classes == 2 else [short]
    for one in exact:
        assert one.facts["logit"] == pytest.approx(np.log(one.probability / (1 - one.probability)), abs=1e-4)


@pytest.mark.parametrize(
    ("encoder", "pooling", "why"),
    [
        (
            "lstm",
            ["last", "max"],
            "head.pooling is last, max, so that its states count at every position; wanted last",
        ),
        ("dgcnn", "last", "the encoder dgcnn has no state that is carried from step to step"),
    ],
)
def test_state_drop_wants_a_last_state(encoder, pooling, why):
    explainer = explainer_of(encoder={**ENCODER, "type": encoder}, head={"pooling": pooling})
    with pytest.raises(UsageError) as error:
        maps(explainer, ["好"], "state_drop")
    what = f"state_drop does not suit this run: {why}"
    assert str(error.value).startswith(f"{what}\nmethods that do: integrated_gradients, ")


def test_of_a_joint_model_gradients_are_the_networks_and_probabilities_are_of_both():
    values = {"data": {"train": "-"}, "encoder": ENCODER, "head": LAST, "model": {"type": "joint"}}
    values["training"] = {"jit_compile": False}
    config = ClassificationConfig.model_validate(values)
    predictor = JointPredictor(config)
    predictor.learn_inventories(EXAMPLES)
    predictor.linear.fit(EXAMPLES, predictor.labels.encode(EXAMPLES))
    predictor.build(0)
    explainer = Classification(config).explainer(predictor)
    [found] = maps(explainer, ["房间很好"], "state_drop")
    assert found.facts["explained"] == "the network, without the linear model beside it"
    assert found.probability == max(predictor.predict([Example("0", "房间很好")])[0].probabilities.values())
    assert "explained" not in maps(explainer, ["房间很好"], "occlusion")[0].facts


@pytest.mark.parametrize("encoder", ["dgcnn", "transformer"])  # the recurrent ones are in the tests above
def test_every_encoder_can_be_looked_into(encoder):
    options = {"units": 8, "heads": 2, "layers": 1} if encoder == "transformer" else {}
    explainer = explainer_of(encoder={**ENCODER, **options, "type": encoder}, head={"pooling": "mean"})
    [found] = maps(explainer, ["房间很好"], "gradient_x_input")
    assert np.abs(found.scores).min() > 0


def scores_of_characters(explainer, text):
    """Gradient times input by characters, whatever the encoder reads."""
    [[decision]] = explainer.decisions([Example("", text)])
    units = Units(len(text), [(i, i + 1) for i in range(len(text))])
    [method] = choose(explainer, "gradient_x_input")
    return method.score(explainer, [Case(decision, units)])[0].values


@pytest.mark.parametrize("unit", ["char", "word"])
def test_scores_of_subwords_are_those_of_their_characters(tmp_path, unit):
    encoder = {
        "type": "bert",
        "checkpoint": str(tiny.huggingface(tmp_path / "checkpoint")),
        "inputs": {"unit": unit},
    }
    explainer = explainer_of(encoder=encoder, head={"pooling": ["cls", "max"]})
    text = "我在 new yorks 2019年"
    by_character = scores_of_characters(explainer, text)
    tokens = explainer.predictor.encoder.positions(text, explainer.words(Example("", text)))
    for start, end in filter(lambda token: token[0] < token[1], tokens):
        np.testing.assert_allclose(by_character[start:end], by_character[start:end].mean(), rtol=1e-9)
    assert max(end - start for start, end in tokens) > 1
    assert len(set(by_character.round(9))) > 3
    [words] = maps(explainer, [text], "gradient_x_input", unit="word")
    starts = [start for start, _ in words.offsets]  # what stands between words counts for the one before
    np.testing.assert_allclose(words.scores, np.add.reduceat(by_character, starts), rtol=1e-6)
    assert 1 < len(words.scores) < len(text)
    [found] = maps(explainer, [text], "integrated_gradients")
    facts = found.facts
    assert abs(facts["completeness_gap"]) < 0.05 * abs(facts["logit"] - facts["baseline_logit"]) + 1e-3
    sums = found.scores.sum() + facts["special_tokens"] + facts["completeness_gap"]
    assert sums == pytest.approx(facts["logit"] - facts["baseline_logit"], abs=1e-6)
    with pytest.raises(UsageError, match="the encoder bert has no state that is carried from step to step"):
        choose(explainer, "state_drop")


JAX = """
import json, sys
from pathlib import Path
from tests.explain.test_classifier_maps import explainer_of, of_methods
folder, *names = sys.argv[1:]
explainer = explainer_of()
explainer.predictor.load(Path(folder))
explainer = type(explainer)(explainer.predictor, explainer.config)
print(json.dumps(of_methods(explainer, names)))
"""


def of_methods(explainer, names):
    """The scores of one text by each method."""
    explainer.network.stay_small()
    return {name: maps(explainer, ["房间很干净，但是服务太差"], name)[0].scores.tolist() for name in names}


@pytest.mark.slow
@pytest.mark.parametrize("names", [["gradient", "state_drop"], ["integrated_gradients"]])
def test_jax_says_the_same(names, tmp_path, project):
    explainer = explainer_of()
    explainer.predictor.save(tmp_path)
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", JAX, str(tmp_path), *names]
    done = subprocess.run(command, env=environment, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout.splitlines()[-1])
    for name, scores in of_methods(explainer, names).items():
        np.testing.assert_allclose(theirs[name], scores, atol=1e-5, err_msg=name)
