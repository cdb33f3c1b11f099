"""Kinds of errors: each span has exactly one, and the kinds add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tasks.sequence_labeling.span_errors import OF_GOLD, OF_PREDICTED, judge
from nlpx.text.spans import Span

SPANS = st.lists(
    st.builds(
        lambda start, length, label: Span(start, start + length, label),
        st.integers(0, 12),
        st.integers(1, 4),
        st.sampled_from(["PER", "LOC"]),
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    ("gold", "said", "kinds"),
    [
        ((0, 2, "PER"), (0, 2, "PER"), ("right", "right")),
        ((0, 2, "PER"), (0, 2, "LOC"), ("wrong label", "wrong label")),
        ((0, 2, "PER"), (0, 3, "PER"), ("wrong bounds", "wrong bounds")),
        ((0, 2, "PER"), (1, 3, "LOC"), ("wrong label and bounds", "wrong label and bounds")),
        ((0, 2, "PER"), (2, 3, "PER"), ("missed", "spurious")),
    ],
    ids=lambda value: value[0] if isinstance(value[0], str) else None,
)
def test_the_kinds(gold, said, kinds):
    [of_gold], [of_said] = judge([Span(*gold)], [Span(*said)])
    assert (of_gold.kind, of_said.kind) == kinds


@given(SPANS, SPANS)
def test_every_span_has_one_kind_and_right_ones_are_those_of_the_score(gold, said):
    of_gold, of_said = judge(gold, said)
    assert [one.span for one in of_gold] == sorted(set(gold))
    assert [one.span for one in of_said] == sorted(set(said))
    assert {one.kind for one in of_gold} <= set(OF_GOLD)
    assert {one.kind for one in of_said} <= set(OF_PREDICTED)
    right = {one.span for one in of_gold if one.kind == "right"}
    assert right == {one.span for one in of_said if one.kind == "right"} == set(gold) & set(said)


@given(SPANS, SPANS)
def test_alone_means_that_nothing_touches(gold, said):
    for one in judge(gold, said)[0]:
        touched = any(other.start < one.span.end and one.span.start < other.end for other in said)
        assert (one.kind == "missed") == (not touched)
