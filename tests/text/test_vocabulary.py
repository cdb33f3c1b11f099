"""Ids are fixed, unknown tokens are 1, and the file is plain text whatever the tokens are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.errors import DataError
from nlpx.text.normalize import code_points
from nlpx.text.vocabulary import PADDING, UNKNOWN, Vocabulary

TOKENS = st.lists(st.text(st.characters()), unique=True)


def test_ids_start_at_two_and_unknown_is_one():
    vocabulary = Vocabulary(["中", "国"])
    assert (PADDING, UNKNOWN) == (0, 1)
    assert vocabulary.ids(["国", "中", "美"]).tolist() == [3, 2, 1]
    assert len(vocabulary) == 4
    assert "中" in vocabulary
    assert "美" not in vocabulary


def test_counts_decide_the_order_then_code_points():
    vocabulary = Vocabulary.from_counts({"b": 2, "a": 2, "c": 9, "rare": 1}, min_count=2, extra=["x", "a"])
    assert vocabulary.tokens == ("c", "a", "b", "x")


@given(TOKENS)
def test_text_round_trip(tokens):
    text = Vocabulary(tokens).to_text()
    text.encode("utf-8")  # would refuse lone surrogates
    assert text.count("\n") == len(text.splitlines()) == len(tokens)
    assert Vocabulary.from_text(text).tokens == tuple(tokens)


@given(TOKENS, st.text(st.characters()))
def test_character_ids_are_ids(tokens, text):
    vocabulary = Vocabulary(tokens)
    ids = vocabulary.character_ids(code_points(text))
    assert ids.dtype == np.int32
    assert ids.tolist() == vocabulary.ids(text).tolist()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("中\n国", "the last line of the vocabulary does not end"),
        ("中\n中\n", "the vocabulary holds '中' twice"),
    ],
)
def test_damaged_text_is_refused(text, what):
    with pytest.raises(DataError, match=what):
        Vocabulary.from_text(text)


def test_a_token_may_come_once():
    with pytest.raises(ValueError, match="distinct"):
        Vocabulary(["中", "中"])
