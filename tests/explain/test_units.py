"""What scores belong to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.errors import UsageError
from nlpx.explain.decision import Decision, Variant
from nlpx.explain.units import Units, units_of


def test_words_are_those_of_the_segmenter_and_take_their_characters_scores():
    units = units_of("房间很干净", None, "word")
    assert units.offsets == ((0, 2), (2, 3), (3, 5))
    places = [(i, i + 1) for i in range(5)]
    np.testing.assert_allclose(units.add_up(np.array([1, 2, 3, 4, -9.0]), places), [3, 3, -5])


@given(st.text(st.sampled_from("好 ab\n"), max_size=12))
def test_no_score_gets_lost_in_blanks(text):
    units = units_of(text, None, "word")
    values = np.arange(1.0, len(text) + 1)
    sums = units.add_up(values, [(i, i + 1) for i in range(len(text))])
    assert sums.sum() == (values.sum() if len(units) else 0)


def test_a_token_gives_its_characters_equal_parts_and_one_without_characters_none():
    units = Units(4, [(0, 1), (1, 2), (2, 4)])
    assert units.add_up(np.array([9.0, 3.0, 5.0]), [(0, 0), (0, 3), (3, 4)]).tolist() == [1, 1, 6]


@pytest.mark.parametrize(
    ("chosen", "left"), [([True, False], "movie"), ([False, True], "good "), ([True, True], "")]
)
def test_a_dropped_word_takes_the_blanks_after_it_along(chosen, left):
    units = Units(11, [(0, 4), (6, 11)])
    decision = Decision(None, "0", "good  movie", "pos", 0.5)
    text = Variant(decision, ~units.characters(np.array(chosen))).text
    assert text == (left if left != "good " else "good  ")


def test_a_span_moves_with_what_is_left_of_it():
    decision = Decision(None, "0", "在北京工作", "LOC", 0.5, span=(1, 3))
    kept = np.array([False, True, False, True, True])
    assert Variant(decision, kept).moved(1, 3) == (0, 1)
    assert Variant(decision, np.array([True, False, False, True, True])).moved(1, 3) == (1, 1)


def test_a_model_that_reads_words_has_no_scores_of_characters():
    assert units_of("a b", [(0, 1), (2, 3)], "word").offsets == ((0, 1), (2, 3))
    with pytest.raises(UsageError) as error:
        units_of("a b", [(0, 1), (2, 3)], "char")
    assert str(error.value) == (
        "unit char: this model reads words, so that its characters have no scores of their own\n"
        "leave out --unit, or say --unit word"
    )
