"""Gradients at moved embeddings, against what they are by definition."""

from __future__ import annotations

import logging

import keras
import numpy as np
import pytest
from keras import ops

from nlpx.errors import ConfigError
from nlpx.training.tables import tables_to_move
from tests.training.toy_training import assert_same, changes, make_batch, make_toy, toy_step, values

BATCH = make_batch(6, 8)


def gradients(table: np.ndarray | None = None) -> list[np.ndarray]:
    """Of the plain loss, maybe with another table: what SGD with the rate 1 goes back by."""
    toy = make_toy()
    if table is not None:
        toy.embedding.embeddings.assign(table)
    return [-change for change in changes(toy, toy_step(toy), BATCH)]


def adversarial(method: str, epsilon: float, **more) -> list[np.ndarray]:
    toy = make_toy()
    step = toy_step(toy, adversarial={"method": method, "epsilon": epsilon}, **more)
    return [-change for change in changes(toy, step, BATCH)]


@pytest.mark.parametrize("jit_compile", [False, True])
def test_fgm_learns_from_the_gradient_a_length_of_epsilon_up_the_slope(jit_compile):
    table = values(make_toy())[0]
    slope = gradients()[0]
    up = gradients(table + 0.7 * slope / np.linalg.norm(slope))
    # The very table of before is what moves: its change is the gradient, with no trace of the move.
    assert_same(adversarial("fgm", 0.7, jit_compile=jit_compile), up)
    assert abs(up[1] - gradients()[1]).max() > 1e-3


@pytest.mark.parametrize("method", ["fgm", "vat", "gradient_penalty"])
def test_no_move_is_plain_training_with_the_very_same_dropout(method):
    toy, other = make_toy(dropout=0.4), make_toy(dropout=0.4)
    wanted = changes(toy, toy_step(toy), BATCH, BATCH)
    step = toy_step(other, adversarial={"method": method, "epsilon": 0.0})
    assert_same(changes(other, step, BATCH, BATCH), wanted)


def test_the_penalty_is_the_derivative_of_the_squared_slope():
    epsilon, small = 2.0, 1e-2
    found = adversarial("gradient_penalty", epsilon)

    def size(bias: np.ndarray) -> float:
        toy = make_toy()
        toy.hidden.bias.assign(bias)
        return float(np.square(changes(toy, toy_step(toy), BATCH)[0]).sum())

    bias = values(make_toy())[2]
    slope = [
        (size(bias + small * row) - size(bias - small * row)) / (2 * small)
        for row in np.eye(5, dtype="float32")
    ]
    wanted = epsilon / 2 * np.array(slope)
    np.testing.assert_allclose(found[2] - gradients()[2], wanted, atol=2e-2 * abs(wanted).max())


def test_vat_adds_the_divergence_of_a_worse_move_than_chance_finds():
    plain, half, two = (
        toy_step(make_toy(), adversarial={"method": "vat", "epsilon": epsilon})(BATCH)
        for epsilon in (0.0, 0.5, 2.0)
    )
    assert plain < half < two
    draw, toy = np.random.default_rng(0), make_toy()
    here, table = toy(BATCH), values(toy)[0]
    for _ in range(20):
        move = draw.normal(size=table.shape)
        toy.embedding.embeddings.assign(table + 0.5 * move / np.linalg.norm(move))
        assert float(toy.divergence(here, toy(BATCH), BATCH)) < half - plain


def test_the_tables_are_named_in_the_log(caplog):
    with caplog.at_level(logging.INFO, "nlpx"):
        assert tables_to_move(make_toy())[0].path == "toy/embedding/embeddings"
    assert "toy/embedding/embeddings" in caplog.text


def test_frozen_vectors_are_refused():
    toy = make_toy()
    toy.embedding.trainable = False
    with pytest.raises(ConfigError, match="no table"):
        toy_step(toy, adversarial={})


def test_vat_wants_a_model_that_compares_what_it_predicts():
    class Silent(keras.Sequential):
        pass

    silent = Silent([keras.layers.Embedding(4, 2, name="embedding")], name="silent")
    silent(ops.zeros((1, 2), "int32"))
    with pytest.raises(ConfigError, match=r"vat compares .* \(silent\)"):
        toy_step(silent, adversarial={"method": "vat"})
