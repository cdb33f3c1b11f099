"""Every method on a model whose explanation is known."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from nlpx.errors import UsageError
from nlpx.explain.choice import choose, fitting
from nlpx.explain.methods.gradient import Gradient
from nlpx.explain.methods.gradient_x_input import GradientTimesInput
from nlpx.explain.methods.integrated_gradients import MOST_THREADS, IntegratedGradients, _side_by_side
from nlpx.explain.methods.occlusion import LIMIT, Occlusion
from nlpx.explain.methods.random import Random
from nlpx.explain.methods.smoothgrad import SmoothGrad
from tests.explain.toys import WEIGHTS, LinearModel, Toy, cases

TEXT = "很好，差"
KNOWN = [0.5, 2.0, 0.0, -1.5]


@pytest.mark.parametrize("method", [GradientTimesInput(), IntegratedGradients(4), SmoothGrad(3), Occlusion()])
def test_a_linear_model_is_explained_by_its_weights(method):
    toy = Toy()
    [other, scores] = method.score(toy, cases(toy, "好", TEXT))
    np.testing.assert_allclose(scores.values, KNOWN, atol=1e-5)
    np.testing.assert_allclose(other.values, [2.0], atol=1e-5)


def test_the_gradient_of_a_linear_model_is_as_long_as_its_weights():
    toy = Toy()
    [scores] = Gradient().score(toy, cases(toy, TEXT))
    np.testing.assert_allclose(scores.values, np.full(4, np.linalg.norm(LinearModel.units)), rtol=1e-6)


@pytest.mark.parametrize("method", [GradientTimesInput(), Occlusion()])
def test_words_add_up_what_their_characters_say(method):
    toy = Toy()
    [scores] = method.score(toy, cases(toy, "房间很好", unit="word"))
    np.testing.assert_allclose(scores.values, [0, 2.5] if len(scores.values) == 2 else [0, 0.5, 2], atol=1e-5)


def test_occlusion_does_not_saturate_where_probabilities_do():
    class Sure(Toy):
        def log_odds(self, variants):
            return np.array(
                [40.0 * sum(WEIGHTS.get(one, 0.0) for one in variant.text) for variant in variants]
            )

    [scores] = Occlusion().score(Sure(), cases(Sure(), TEXT))
    np.testing.assert_allclose(scores.values, 40 * np.array([WEIGHTS.get(one, 0.0) for one in TEXT]))
    assert "infinite" not in scores.facts


def test_a_probability_of_nothing_has_a_finite_rule_that_is_told():
    class Lost(Toy):
        def probabilities(self, variants):
            return np.array([0.0 if "好" not in variant.text else 0.5 for variant in variants])

    with_it, without = Occlusion().score(Lost(), cases(Lost(), "很好", "很差"))
    np.testing.assert_allclose(with_it.values, [0, LIMIT])
    assert with_it.facts["infinite"].startswith("without 1 of 2 units the probability is 0 or 1")
    assert without.values.tolist() == [0, 0]
    assert without.facts["undecided"].endswith("so all scores are zero")


def test_integrated_gradients_tell_how_far_they_miss_the_whole_difference():
    toy = Toy()
    [scores] = IntegratedGradients(3).score(toy, cases(toy, TEXT))
    assert scores.facts["baseline"] == "zero vectors"
    assert scores.facts["logit"] - scores.facts["baseline_logit"] == pytest.approx(
        scores.values.sum(), abs=1e-6
    )
    assert abs(scores.facts["completeness_gap"]) < 1e-6


def test_many_cores_do_not_mean_many_batches_in_memory(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    threads, all_there = set(), threading.Event()

    def along(start):
        threads.add(threading.get_ident())
        if len(threads) > 1 + MOST_THREADS:
            all_there.set()
        if start:
            all_there.wait(0.02)  # so that a thread that is idle takes the next batch
        return np.array([start])

    assert np.concatenate(list(_side_by_side(along, range(12)))).tolist() == list(range(12))
    assert len(threads) <= 1 + MOST_THREADS  # the first batch runs outside of the pool


def test_random_maps_follow_from_seed_and_text():
    toy = Toy()
    one, again = (Random().score(toy, cases(toy, *texts)) for texts in (["好的", TEXT], [TEXT, "好的"]))
    np.testing.assert_array_equal(one[1].values, again[0].values)
    toy.seed += 1
    assert (Random().score(toy, cases(toy, TEXT))[0].values != again[0].values).all()


@pytest.mark.parametrize("method", [GradientTimesInput(), IntegratedGradients(2)])
def test_what_the_network_does_not_read_is_told(method, monkeypatch):
    toy = Toy()
    rows = toy.network.rows
    monkeypatch.setattr(toy.network, "rows", lambda one: [] if one.text == TEXT else rows(one))
    unread, read = method.score(toy, cases(toy, TEXT, "好"))
    assert "not_read" in unread.facts
    assert "completeness_gap" not in unread.facts  # of what was not measured there are no figures
    assert unread.values.tolist() == [0, 0, 0, 0]
    assert "not_read" not in read.facts


@pytest.mark.parametrize("name", fitting(Toy()))
def test_every_method_takes_texts_without_units(name):
    toy = Toy()
    [method] = choose(toy, name)
    assert [len(scores.values) for scores in method.score(toy, cases(toy, "", "好"))] == [0, 1]
    assert method.score(toy, []) == []


def test_without_a_network_two_methods_fit():
    toy = Toy(network=False)
    assert fitting(toy) == ["occlusion", "random"]
    assert [method.name for method in choose(toy, "all")] == ["occlusion", "random"]
    assert choose(toy, "auto")[0].name == "occlusion"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gradient", "gradient does not suit this run: it is no network, so it has no gradients\n"),
        ("state_drop", "state_drop does not suit this run: it is no network, so it has no state\n"),
    ],
)
def test_a_method_that_does_not_fit_says_why_and_what_does(name, text):
    with pytest.raises(UsageError) as error:
        choose(Toy(network=False), name)
    assert str(error.value) == f"{text}methods that do: occlusion, random"


def test_a_method_that_is_misspelt_is_guessed():
    with pytest.raises(
        UsageError, match=r"(?s)there is no method 'oclusion'.did you mean occlusion\? methods for"
    ):
        choose(Toy(), "oclusion")
