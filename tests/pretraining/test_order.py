"""The shuffled order of blocks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nlpx.pretraining.order import Shuffle


@given(size=st.integers(1, 3000), seed=st.integers(0, 9), number=st.integers(0, 9))
def test_every_block_comes_once_in_each_pass(size, seed, number):
    order = Shuffle(size, seed, number)(np.arange(size))
    assert sorted(order.tolist()) == list(range(size))


def test_a_place_is_known_without_those_before_it():
    whole = Shuffle(1000, 3, 1)(np.arange(1000))
    assert Shuffle(1000, 3, 1)(np.array([998, 5])).tolist() == whole[[998, 5]].tolist()


def test_passes_and_seeds_have_orders_of_their_own_that_look_random():
    places = np.arange(5000)
    orders = [Shuffle(5000, seed, number)(places) for seed in (0, 1) for number in (0, 1)]
    for i, one in enumerate(orders):
        assert abs(np.corrcoef(one, places)[0, 1]) < 0.06
        for other in orders[:i]:
            assert (one == other).mean() < 0.01
