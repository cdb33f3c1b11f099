"""Weight files: the same bytes for the same weights, and an error that names what is wrong with a bad one."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from nlpx.errors import RunError
from nlpx.layers.token_embedding import TokenEmbedding
from nlpx.training.tensorfile import read_tensors, write_tensors
from nlpx.training.weights import (
    assign_learned,
    constants_digest,
    learned_arrays,
    load_weights,
    save_weights,
    weight_arrays,
)

ARRAYS = {
    "b": np.arange(6, dtype=np.float32).reshape(2, 3),
    "a": np.int64(3),
    "empty": np.zeros((0, 2), np.float32),
}


def model(units: int = 3, name: str = "out") -> keras.Model:
    layers = [keras.Input((2,)), keras.layers.Dense(4, name="hidden"), keras.layers.Dense(units, name=name)]
    return keras.Sequential(layers, name="net")


def test_weights_come_back(tmp_path):
    first, second = model(), model()
    save_weights(first, tmp_path / "w")
    load_weights(second, tmp_path / "w")
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_arrays_and_facts_come_back_from_the_same_bytes(tmp_path):
    for name in "xy":
        write_tensors(tmp_path / name, ARRAYS, {"epoch": 3, "best": None})
    assert (tmp_path / "x").read_bytes() == (tmp_path / "y").read_bytes()
    arrays, facts = read_tensors(tmp_path / "x")
    assert facts == {"epoch": 3, "best": None}
    assert {name: (a.dtype, a.shape, a.tolist()) for name, a in arrays.items()} == {
        name: (a.dtype, a.shape, a.tolist()) for name, a in ARRAYS.items()
    }


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ({"units": 5}, ["shape of net/out/kernel: (4, 3) in the file, (4, 5) in the model"]),
        ({"name": "tags"}, ["missing: net/tags/kernel (4, 3)", "left over: net/out/kernel (4, 3)"]),
    ],
)
def test_weights_of_another_model_are_refused(tmp_path, options, problems):
    save_weights(model(), tmp_path / "w")
    with pytest.raises(RunError, match="don't fit the model") as error:
        load_weights(model(**options), tmp_path / "w")
    assert set(problems) <= set(error.value.details)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


def replace(path: Path) -> None:
    path.write_text("no tensors here")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (truncate, "truncated or damaged"),
        (flip, "was altered"),
        (replace, "truncated or damaged"),
        (Path.unlink, "missing"),
    ],
)
def test_a_bad_file_is_named(tmp_path, harm, said):
    path = tmp_path / "weights.safetensors"
    write_tensors(path, ARRAYS)
    harm(path)
    with pytest.raises(RunError, match=rf"weights\.safetensors .*{said}"):
        read_tensors(path)


def test_layers_that_share_a_name_are_a_mistake(tmp_path):
    class Twins(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="net")
            self.one, self.two = keras.layers.Dense(2, name="same"), keras.layers.Dense(2, name="same")

        def call(self, x):
            return self.two(self.one(x))

    twins = Twins()
    twins(np.ones((1, 2)))
    with pytest.raises(ValueError, match="net/same/kernel"):
        save_weights(twins, tmp_path / "w")


def test_a_constant_is_in_the_file_but_not_among_what_is_learned(tmp_path):
    table = np.arange(8, dtype=np.float32).reshape(4, 2)
    net = keras.Sequential(
        [
            keras.Input((3,), dtype="int32"),
            TokenEmbedding(4, 2, pretrained=table, trainable_vectors=False, projection=2, name="words"),
        ],
        name="net",
    )
    assert set(weight_arrays(net)) - set(learned_arrays(net)) == {"net/words/embeddings"}
    before = constants_digest(net)
    assign_learned(net, {path: array + 1 for path, array in learned_arrays(net).items()}, "here")
    assert constants_digest(net) == before
    net.get_layer("words").embeddings.assign(table + 1)
    assert constants_digest(net) != before
