"""The best set of spans that may stand beside one another."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tasks.entity_linking.linker.decode import choose
from nlpx.tasks.entity_linking.linker.proposals import DICTIONARY, Spans

PLACES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 6), st.integers(1, 4)), max_size=9, unique=True
).map(lambda found: sorted((text, start, start + length) for text, start, length in found))


def spans_at(places):
    text, start, end = np.array(places, np.int32).reshape(-1, 3).T
    none = np.zeros(len(places), np.int32)
    return Spans(text, start, end, none, np.full(len(places), DICTIONARY, np.uint8))


def fits(one, other, nesting):
    apart = one[0] != other[0] or one[2] <= other[1] or other[2] <= one[1]
    first, second = sorted([one, other], key=lambda place: place[2] - place[1])
    return apart or (nesting and second[1] <= first[1] and first[2] <= second[2])


def best_sum(places, gains, nesting):
    """By trying all sets."""
    sets = (found for size in range(len(places) + 1) for found in combinations(range(len(places)), size))
    allowed = (
        found for found in sets if all(fits(places[a], places[b], nesting) for a, b in combinations(found, 2))
    )
    return max(sum(gains[i] for i in found) for found in allowed)


@pytest.mark.parametrize("nesting", [False, True])
@given(places=PLACES, seed=st.integers(0, 99))
def test_the_sum_is_the_greatest_there_is(nesting, places, seed):
    gains = np.random.default_rng(seed).normal(size=len(places))
    kept = np.flatnonzero(choose(spans_at(places), gains, nesting=nesting)).tolist()
    assert all(fits(places[a], places[b], nesting) for a, b in combinations(kept, 2))
    assert sum(gains[kept]) == pytest.approx(best_sum(places, gains, nesting))


def test_what_gains_nothing_is_left_out():
    assert choose(spans_at([(0, 0, 1), (0, 1, 2)]), np.array([0.0, 0.1])).tolist() == [False, True]


def test_nothing_is_chosen_from_nothing():
    assert choose(spans_at([]), np.zeros(0)).tolist() == []


def test_ten_thousand_nested_spans_take_no_time():
    places = [(0, start, start + length) for start in range(2500) for length in (1, 2, 3, 4)]
    gains = np.random.default_rng(0).normal(size=len(places))
    assert choose(spans_at(places), gains).any()
