"""Figures that judge maps, on a model and on rationales whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from nlpx.explain.choice import choose
from nlpx.explain.quality.faithfulness import end_points, faithfulness, ranked
from nlpx.explain.quality.judge import judge
from nlpx.explain.quality.plausibility import agreement, in_rationale, summary
from nlpx.explain.quality.table import rows
from nlpx.explain.units import Units
from tests.explain.toys import Text, Toy, cases, odds

TEXT = "很好，差"
UNITS = Units(8, [(i, i + 1) for i in range(8)])


def test_faithfulness_by_hand():
    toy = Toy()
    found = faithfulness(
        toy, cases(toy, TEXT), [np.array([0.5, 2.0, 0.0, -1.5])], end_points(toy, cases(toy, TEXT))
    )
    # Of four units the top 1 to 20 % are one, 好, and the top 50 % are two.
    without = [odds("很，差")] * 4 + [odds("，差")]
    alone = [odds("好")] * 4 + [odds("很好")]
    assert found["comprehensiveness"][0] == pytest.approx(odds(TEXT) - np.mean(without))
    assert found["sufficiency"][0] == pytest.approx(odds(TEXT) - np.mean(alone))
    assert found["comprehensiveness@50%"][0] == pytest.approx(odds(TEXT) - odds("，差"))
    counts = [0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4]  # units dropped at 0 %, 10 % … 100 %
    steps = [odds(TEXT), odds("很，差"), odds("，差"), odds("差"), odds("")]
    assert found["deletion_auc"][0] == pytest.approx(np.trapezoid([steps[c] for c in counts], dx=0.1))


def test_a_true_map_is_more_faithful_than_a_random_one():
    toy = Toy()
    texts = [Text("房间很好但是早餐差" + "的" * n) for n in range(10)]
    found = judge(toy, texts, choose(toy, "all"))["methods"]
    assert found["occlusion"]["comprehensiveness"] > 2 * found["random"]["comprehensiveness"]
    assert found["occlusion"]["insertion_auc"] > found["random"]["insertion_auc"]
    assert found["occlusion"]["deletion_auc"] < found["random"]["deletion_auc"]


@pytest.mark.parametrize(
    ("scores", "auprc", "f1", "iou"),
    [
        ([0, 0, 1, 2, 0, 0, 0, 0], 1.0, 1.0, 1.0),
        ([2, 1, 0, 0, 0, 0, 0, 0], 0.25, 0.0, 0.0),
        ([0, 0, 0, 2, 1, 0, 0, 0], (1 + 2 / 8) / 2, 0.5, 0.0),  # the first equal unit is 0
    ],
    ids=["all of it", "none", "half"],
)
def test_agreement_with_two_marked_units_of_eight(scores, auprc, f1, iou):
    found = agreement(UNITS, np.array(scores, float), [(2, 4)])
    assert (found.auprc, found.chance, found.f1) == (pytest.approx(auprc, abs=0.01), 0.25, f1)
    assert summary([found])["iou_f1"] == iou


def test_a_text_that_is_marked_whole_or_not_at_all_says_nothing():
    assert agreement(UNITS, np.zeros(8), [(0, 8)]) is None
    assert agreement(UNITS, np.zeros(8), []) is None


def test_a_word_is_marked_where_a_character_of_it_is():
    units = Units(6, [(0, 2), (2, 5), (5, 6)])
    assert in_rationale(units, [(1, 3)]).tolist() == [True, True, False]


def test_equal_scores_stand_in_an_order_that_favours_no_place():
    first = [ranked(np.array([1.0, 2, 1, 1]), 0, f"text {n}") for n in range(300)]
    assert {order[0] for order in first} == {1}
    counts = np.bincount([order[1] for order in first], minlength=4)
    assert counts[[0, 2, 3]].min() > 60  # of 100 expected
    np.testing.assert_array_equal(ranked(np.zeros(9), 5, "a"), ranked(np.zeros(9), 5, "a"))
    assert (ranked(np.zeros(9), 5, "a") != ranked(np.zeros(9), 6, "a")).any()


def test_a_map_that_says_nothing_is_no_better_than_chance():
    toy = Toy()
    texts = cases(toy, *("好" + "的" * (9 + n) for n in range(40)))  # what decides stands at the beginning
    empty = [np.zeros(len(one.units)) for one in texts]
    found = faithfulness(toy, texts, empty, end_points(toy, texts))
    assert found["comprehensiveness@10%"].mean() < 0.5 * (odds("好") - odds(""))


def test_the_table_puts_chance_beside_the_methods():
    toy = Toy(network=False)
    figures = judge(toy, [Text("很好，差", [(1, 2)]), Text("好"), Text("")], choose(toy, "all"))
    assert (figures["texts"], figures["decisions"]) == (3, 2)
    assert figures["rationale"] == {"decisions": 1, "chance": 0.25}
    header, *body = rows(figures)
    assert header == ("method", "compr.", "suff.", "deletion", "insertion", "AUPRC", "F1", "IOU-F1")
    assert [row[0] for row in body] == ["occlusion", "random", "(chance)"]
    assert body[-1] == ("(chance)", "-", "-", "-", "-", "0.250", "0.250", "-")
    assert body[0][5] == "1.000"
