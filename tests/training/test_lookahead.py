"""Slow weights."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from nlpx.config.training_options import LookaheadConfig
from nlpx.training.lookahead import Lookahead
from tests.training.toy_training import assert_same, changes, make_batch, make_toy, toy_step

BATCHES = [make_batch(4, seed=seed) for seed in range(4)]


def test_weights_that_do_not_learn_never_move():
    toy = make_toy()
    step = toy_step(toy, optimizer=keras.optimizers.SGD(0.0), lookahead={"steps": 2, "share": 0.3})
    assert_same(changes(toy, step, *BATCHES), [0.0] * 5, atol=0)


def test_slow_weights_that_always_go_all_the_way_change_nothing():
    plain, other = make_toy(), make_toy()
    wanted = changes(plain, toy_step(plain), *BATCHES)
    assert_same(
        changes(other, toy_step(other, lookahead={"steps": 1, "share": 1.0}), *BATCHES), wanted, atol=0
    )


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_every_few_steps_the_fast_weights_go_part_of_their_way(share):
    weight = keras.Variable(np.array([1.0], "float32"))
    lookahead = Lookahead([weight], LookaheadConfig(steps=3, share=share))
    slow = 1.0
    for step in range(1, 8):
        weight.assign_add([1.0])
        lookahead.update(step)
        if step % 3 == 0:
            slow += share * 3
            assert float(weight[0]) == pytest.approx(slow)
        assert float(lookahead.slow[0][0]) == pytest.approx(slow)
    assert float(weight[0]) == pytest.approx(slow + 1)


def test_off_it_keeps_nothing():
    assert not Lookahead([keras.Variable([1.0])], None).slow
