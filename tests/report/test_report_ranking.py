"""What is shown first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from nlpx.report.content import Item
from nlpx.report.ranking import chosen, kinds, ranked, verdicts

SURE = st.none() | st.floats(0, 1)
ITEMS = st.lists(st.tuples(st.sampled_from(["right", "wrong", ""]), SURE), max_size=20).map(
    lambda pairs: [make(row, *pair) for row, pair in enumerate(pairs)]
)


def make(row, verdict, sure, *kinds):
    return Item(row, str(row), "text", "", verdict, sure, kinds, Markup)


def test_sure_mistakes_come_first_and_unknown_ones_after_them():
    items = [make(0, "right", 0.9), make(1, "wrong", None), make(2, "wrong", 0.2), make(3, "wrong", 0.8)]
    assert [item.row for item in ranked(items)] == [3, 2, 1, 0]


def test_of_right_ones_the_least_sure_come_first():
    assert [item.row for item in ranked([make(0, "right", 0.9), make(1, "right", 0.6)])] == [1, 0]


@given(ITEMS, st.integers(0, 20))
def test_nothing_is_lost_and_no_right_one_takes_a_wrong_ones_place(items, most):
    assert sorted(item.row for item in ranked(items)) == list(range(len(items)))
    shown = chosen(items, most)
    assert verdicts(shown)["wrong"] == min(most, verdicts(items)["wrong"])


def test_kinds_count_examples_not_mistakes():
    items = [make(0, "wrong", 1, "missed", "missed"), make(1, "wrong", 1, "missed", "spurious")]
    assert kinds(items) == [("missed", 2), ("spurious", 1)]
