"""Spans: flattening, overlaps, tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.text.spans import Span, flatten, misaligned, overlaps

SPANS = st.lists(
    st.builds(
        lambda start, length, label: Span(start, start + length, label),
        st.integers(0, 30),
        st.integers(1, 6),
        st.sampled_from("AB"),
    )
)


@pytest.mark.parametrize(
    ("spans", "kept"),
    [
        pytest.param([Span(15, 35, "book"), Span(16, 20, "company")], [Span(15, 35, "book")], id="outer"),
        pytest.param([Span(0, 2, "A"), Span(0, 4, "B")], [Span(0, 4, "B")], id="longer stays"),
        pytest.param([Span(2, 4, "A"), Span(0, 2, "A")], [Span(0, 2, "A"), Span(2, 4, "A")], id="adjacent"),
        pytest.param([Span(0, 2, "B"), Span(0, 2, "A")], [Span(0, 2, "A")], id="label decides"),
    ],
)
def test_of_two_that_overlap_the_earlier_then_the_longer_stays(spans, kept):
    assert flatten(spans) == kept


@given(SPANS)
def test_flat_spans_never_overlap_and_stay_as_they_are(spans):
    flat = flatten(spans)
    assert not overlaps(flat)
    assert flatten(flat) == flat
    assert set(flat) <= set(spans)


@given(SPANS)
def test_nothing_is_dropped_without_an_overlap(spans):
    if not overlaps(set(spans)):
        assert flatten(spans) == sorted(set(spans))


def test_spans_that_cut_tokens_are_counted():
    tokens = [(0, 3), (4, 7)]
    assert misaligned([Span(0, 7, "A"), Span(1, 3, "A"), Span(4, 6, "A")], tokens) == 2
    assert misaligned([Span(1, 2, "A")], None) == 0
