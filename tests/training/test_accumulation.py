"""Several batches make the step of one that holds all their texts."""

from __future__ import annotations

import keras
import pytest
from keras import ops

from nlpx.config.training import TrainingConfig
from nlpx.training.accumulation import Accumulation
from tests.training.toy_training import (
    assert_same,
    configured_step,
    join,
    make_batch,
    make_toy,
    toy_step,
    values,
)

RULES = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "adam": lambda: keras.optimizers.Adam(0.01),
    "adam clipped": lambda: keras.optimizers.Adam(0.01, global_clipnorm=0.1, weight_decay=0.1),
}
GROUPS = [[make_batch(rows, 4, seed=10 * g + i) for i, rows in enumerate((4, 4, 1))] for g in range(3)]


@pytest.mark.parametrize("rule", RULES)
def test_parts_of_unequal_size_make_the_step_of_the_whole(rule):
    whole, parts = make_toy(), make_toy()
    step_whole = toy_step(whole, optimizer=RULES[rule]())
    step_part = toy_step(parts, optimizer=RULES[rule](), accumulate=3)
    for group in GROUPS:
        step_whole(join(group))
        for i, batch in enumerate(group):
            step_part(batch, last=i == 2)
    assert_same(values(parts), values(whole))


def test_nothing_moves_before_the_last_part():
    toy = make_toy()
    before = values(toy)
    step = configured_step(toy, accumulate=3, ema=0.5, lookahead={})
    step(GROUPS[0][0], last=False)
    assert_same(values(toy), before, atol=0)
    step(GROUPS[0][1], last=True)
    assert abs(values(toy)[0] - before[0]).max() > 1e-4


def test_a_model_may_say_what_its_loss_is_a_mean_of():
    toy = make_toy()
    batch = make_batch(3, 4)
    assert float(Accumulation(toy, 2).weight_of(batch)) == 3
    toy.loss_weight = lambda x: ops.sum(ops.cast(x["mask"], "int32"))
    assert float(Accumulation(toy, 2).weight_of(batch)) == batch["mask"].sum()


def test_off_it_keeps_nothing():
    assert not Accumulation(make_toy(), TrainingConfig().accumulate).variables
