"""Maximum matching takes the cheapest path."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.text.max_match import CHARACTER_COST, WORD_COST, max_match

SPANS = st.lists(st.tuples(st.integers(0, 7), st.integers(1, 4)), unique=True, max_size=12).map(
    lambda pairs: [(start, min(start + length, 8), 0) for start, length in pairs]
)


@pytest.mark.parametrize(
    ("length", "matches", "chosen"),
    [
        pytest.param(3, [], [], id="no word"),
        pytest.param(4, [(0, 2), (2, 4), (0, 4)], [(0, 4)], id="fewest words"),
        pytest.param(4, [(0, 3), (0, 2), (2, 4)], [(0, 2), (2, 4)], id="coverage before length"),
        pytest.param(3, [(0, 2), (2, 3), (0, 1), (1, 3)], [(0, 2), (2, 3)], id="longest first on ties"),
        pytest.param(6, [(1, 3), (4, 5)], [(1, 3), (4, 5)], id="gaps"),
    ],
)
def test_the_path(length, matches, chosen):
    got = max_match(length, [(start, end, 9) for start, end in matches])
    assert got == [(start, end, 9) for start, end in chosen]


def cost(length, path):
    covered = sum(end - start for start, end, _ in path)
    return WORD_COST * len(path) + CHARACTER_COST * (length - covered)


def all_paths(spans, position=0):
    yield []
    for span in spans:
        if span[0] >= position:
            yield from ([span, *rest] for rest in all_paths(spans, span[1]))


@given(SPANS)
def test_no_path_is_cheaper(spans):
    best = max_match(8, spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(best))
    assert cost(8, best) == min(cost(8, path) for path in all_paths(sorted(set(spans))))
