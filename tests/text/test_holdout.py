"""Hold-out: by the text alone, duplicates together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.text.holdout import fingerprint, is_held_out


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中 国", "中国"),
        ("ＮＢＡ篮球", "nba篮球"),
        (" Straße\n", "STRASSE"),
        ("（ａ）", "(A)"),
        ("a\u3000b", "AB"),
    ],
)
def test_duplicates_in_other_clothes_stay_together(one, other):
    assert fingerprint(one) == fingerprint(other)


@given(st.text(), st.floats(0, 1), st.integers(0, 5))
def test_the_same_text_is_always_on_the_same_side(text, share, seed):
    assert is_held_out(text, share, seed) == is_held_out(f" {text} ", share, seed)
    assert is_held_out(text, 1.0, seed)
    assert not is_held_out(text, 0.0, seed)


def test_the_share_is_kept_and_seeds_differ():
    texts = [f"text {number}" for number in range(5000)]
    first, second = ({text for text in texts if is_held_out(text, 0.1, seed)} for seed in (0, 1))
    assert 400 < len(first) < 600
    assert len(first & second) < 100


def test_a_larger_share_only_adds_texts():
    texts = [str(number) for number in range(500)]
    assert {t for t in texts if is_held_out(t, 0.1)} <= {t for t in texts if is_held_out(t, 0.2)}
