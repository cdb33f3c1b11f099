"""Folding keeps lengths, and folds what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.text.normalize import code_points, from_code_points, normalize

ANY_TEXT = st.text(st.characters())  # lone surrogates included


@given(ANY_TEXT, st.booleans(), st.booleans(), st.booleans())
def test_length_never_changes(text, width, lower, digits):
    folded = normalize(text, width=width, lower=lower, digits=digits)
    assert len(folded) == len(text)
    assert normalize(folded, width=width, lower=lower, digits=digits) == folded


@given(ANY_TEXT)
def test_no_fold_is_the_same_text(text):
    assert normalize(text) == text == from_code_points(code_points(text))


@pytest.mark.parametrize(
    ("text", "folds", "wanted"),
    [
        ("ＡＢＣ，１２３\u3000！", {"width": True}, "ABC,123 !"),
        ("ｱ", {"width": True}, "ア"),
        ("①²，", {"width": True}, "①²,"),
        ("İstanbul ÀB", {"lower": True}, "İstanbul àb"),
        ("ＡＢ", {"lower": True}, "ａｂ"),
        ("ＡＢ", {"width": True, "lower": True}, "ab"),
        ("2019年３月٣", {"digits": True}, "0000年0月0"),
        ("中国A1", {}, "中国A1"),
    ],
)
def test_folds(text, folds, wanted):
    assert normalize(text, **folds) == wanted
