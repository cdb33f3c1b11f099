"""Maps of taggers: every span is a decision, and its probability is exact."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from nlpx.config.load import load
from nlpx.errors import UsageError
from nlpx.explain.choice import choose, fitting
from nlpx.explain.decision import Variant
from nlpx.explain.explain import explain_with
from nlpx.explain.quality.judge import judge
from nlpx.task import FitContext
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.task import SequenceLabeling
from nlpx.text.spans import Span
from tests.pipeline.tiny import CRFSUITE, NEURAL, write_experiment

CONFIGS = {"BIOES": f"{NEURAL}scheme: BIOES\n", "BIO": f"{NEURAL}scheme: BIO\n", "crfsuite": CRFSUITE}
TEXTS = [Example("0", "王明在北京工作。", []), Example("1", "听说李雷住上海。", []), Example("2", "", [])]


def opened(folder, kind):
    """The explainer of a trained model."""
    path = write_experiment(folder, CONFIGS[kind])
    task = SequenceLabeling(load(path, SequenceLabeling.Config).config)
    predictor = task.predictor()
    predictor.fit(task.read("train")[0], [], FitContext(folder / "fit", seed=0))
    return task.explainer(predictor)


@pytest.fixture(scope="module", params=["BIOES", "BIO"])
def network(request, tmp_path_factory):
    return opened(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module")
def crf(tmp_path_factory):
    pytest.importorskip("sklearn_crfsuite")
    return opened(tmp_path_factory.mktemp("crfsuite"), "crfsuite")


def maps(explainer, method="gradient_x_input", **options):
    return list(explain_with(explainer, TEXTS, choose(explainer, method), **options))


def test_every_predicted_span_has_a_map(network):
    predicted = network.predictor.predict(TEXTS)
    for own, spans in zip(maps(network), predicted, strict=True):
        assert [(one.span, one.target) for one in own] == [((s.start, s.end), s.label) for s in spans]
        assert all(len(one.scores) == len(one.text) for one in own)


def test_the_probability_is_that_of_all_paths_with_just_this_span(network):
    """Against every path of a short text, one by one."""
    tagger = network.tagger
    [found] = maps(network)[:1]
    [one] = [one for one in found if one.target == "LOC"]
    text = one.text[2:7]  # 在北京工作, short enough
    example = Example("", text, [])
    piece = tagger.pieces(example)[0]
    [(batch, _)] = tagger.batches([piece])
    head = tagger.network.head
    emissions, transitions, start, end = (
        np.asarray(part, np.float64) for part in head.potentials(tagger.network(batch), batch["mask"])
    )
    allowed, first, last = tagger.tags.constraints
    total = with_span = 0.0
    for path in product(range(len(tagger.tags.names)), repeat=len(text)):
        steps = list(pairwise(path))
        if not (first[path[0]] and last[path[-1]] and all(allowed[step] for step in steps)):
            continue
        score = start[path[0]] + end[path[-1]] + sum(emissions[0, i, tag] for i, tag in enumerate(path))
        weight = np.exp(score + sum(transitions[step] for step in steps))
        total += weight
        with_span += weight * ((1, 3, "LOC") in tagger.tags.decode(path, None))
    kept = np.array([2 <= i < 7 for i in range(len(one.text))])
    decision = network.decisions(TEXTS[:1])[0][-1]
    assert decision.span == one.span
    assert network.probabilities([Variant(decision, kept)])[0] == pytest.approx(with_span / total, rel=1e-5)


def test_a_span_between_words_or_longer_than_a_window_is_told_as_not_read(network, monkeypatch):
    monkeypatch.setattr(network.tagger, "offsets", lambda example: [(0, 3), (5, 8)])
    between = [Example("0", "王明在北京工作。", [Span(3, 5, "LOC"), Span(0, 3, "PER")])]
    [[lost, found]] = explain_with(network, between, choose(network, "gradient_x_input"), target="gold")
    assert "no window of the text holds" in lost.facts["not_read"]
    assert not lost.scores.any()
    assert lost.probability == 0
    assert "not_read" not in found.facts


def test_a_span_of_which_nothing_is_left_has_no_probability(network):
    decision = network.decisions(TEXTS[:1])[0][0]
    nothing = Variant(decision, np.zeros(8, bool))
    assert network.probabilities([nothing]).tolist() == [0.0]
    assert network.log_odds([nothing]).tolist() == [-np.inf]


def test_log_odds_are_those_of_the_probability(network):
    variants = [Variant(one, np.arange(8) != 7) for one in network.decisions(TEXTS[:1])[0]]
    found = network.probabilities(variants)
    np.testing.assert_allclose(network.log_odds(variants), np.log(found / (1 - found)), rtol=1e-6)


def test_the_mention_itself_speaks_for_it(network):
    figures = judge(network, TEXTS, choose(network, "all"))
    assert figures["texts"] == 3
    methods = figures["methods"]
    assert methods["occlusion"]["comprehensiveness"] > methods["random"]["comprehensiveness"]


def test_a_label_may_be_named(network):
    assert {one.target for own in maps(network, target="PER") for one in own} <= {"PER"}
    assert maps(network, target="gold") == [[], [], []]
    with pytest.raises(UsageError) as error:
        maps(network, target="X")
    assert str(error.value) == "there is no label 'X'\n--target is predicted, gold, or one of: LOC, PER"


def test_a_tagger_has_no_last_state(network):
    with pytest.raises(UsageError, match="a tagger reads the state at every position, not only the last one"):
        choose(network, "state_drop")


def test_a_feature_crf_has_no_gradients_but_occlusion(crf):
    assert fitting(crf) == ["occlusion", "random"]
    for one in maps(crf, "occlusion")[0]:
        assert 0.5 < one.probability <= 1
        assert one.scores[slice(*one.span)].max() == one.scores.max()
    with pytest.raises(UsageError, match="it is a CRF over named features, which has no embeddings"):
        choose(crf, "gradient")
