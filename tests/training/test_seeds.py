"""Random numbers follow from (seed, key) and from nothing else."""

from __future__ import annotations

import keras
import pytest
from keras import ops

from nlpx.training.seeds import generator, reseed, seed_everything, seed_states


@pytest.mark.parametrize(
    "other", [(1, 2, "order"), (0, 3, "order"), (0, 2, "layers")], ids=["seed", "epoch", "purpose"]
)
def test_each_part_of_the_key_counts(other):
    def draw(key):
        return generator(*key).integers(2**60)

    assert draw((0, 2, "order")) == draw((0, 2, "order"))
    assert draw((0, 2, "order")) != draw(other)


def states(model: keras.Model) -> list[list[int]]:
    return [ops.convert_to_numpy(state).tolist() for state in seed_states(model)]


def test_reseeding_reaches_every_layer_and_forgets_the_past():
    dropouts = [keras.layers.Dropout(0.5, name=f"drop_{i}") for i in range(2)]
    model = keras.Sequential([keras.Input((3,)), *dropouts])
    reseed(model, seed=1, epoch=4)
    fresh = states(model)
    model(ops.ones((2, 3)), training=True)
    assert states(model) != fresh
    reseed(model, seed=1, epoch=4)
    assert states(model) == fresh
    assert fresh[0] != fresh[1]
    reseed(model, seed=1, epoch=5)
    assert states(model) != fresh


def test_initial_weights_follow_from_the_seed():
    def kernel(seed: int) -> list[list[float]]:
        seed_everything(seed)
        layer = keras.layers.Dense(2, name="out")
        layer.build((1, 3))
        return layer.get_weights()[0].tolist()

    assert kernel(1) == kernel(1)
    assert kernel(1) != kernel(2)
