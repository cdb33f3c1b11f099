"""LSTM and GRU, one direction and both: against Keras' own, under any mask, in every way TensorFlow can run them."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from nlpx.layers import GRU, LSTM, BiGRU, BiLSTM
from tests.layers.harness import check_layer, close, gradients, run

LAYERS = [LSTM, GRU, BiLSTM, BiGRU]
RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 7, 4)).astype("float32")
HOLES = np.array([[1, 1, 0, 1, 0, 0, 1], [0, 0, 1, 1, 1, 0, 0], [0, 1, 0, 0, 0, 0, 0]], dtype=bool)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_promise(layer):
    check_layer(lambda: layer(3, dropout=0.2, name="layer"), units=3 * layer.directions)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_plain_loop_keeps_every_promise(layer):
    check_layer(lambda: layer(3, jit_compile=False, name="layer"), units=3 * layer.directions)


def test_lstm_is_that_of_keras():
    ours, theirs = LSTM(3), keras.layers.LSTM(3, return_sequences=True)
    run(ours, X, None), theirs(X)
    kernel, recurrent, bias = (RNG.normal(size=weight.shape) for weight in theirs.get_weights())
    theirs.set_weights([kernel, recurrent, bias])
    ours.set_weights([kernel.T[None], recurrent.T[None], bias[None], *ours.get_weights()[3:]])
    close(run(ours, X, None), np.asarray(theirs(X)))


def test_gru_is_that_of_keras():
    ours, theirs = GRU(3), keras.layers.GRU(3, return_sequences=True)
    run(ours, X, None), theirs(X)
    kernel, recurrent, bias = (RNG.normal(size=weight.shape) for weight in theirs.get_weights())
    theirs.set_weights([kernel, recurrent, bias])
    gates = np.r_[6:9, 0:3, 3:6]  # Keras: update, reset, new; ours: new, update, reset
    both = (bias[0] + np.r_[bias[1, :6], np.zeros(3)])[gates]
    weights = [kernel[:, gates].T, recurrent[:, gates].T, both, bias[1, 6:]]
    ours.set_weights([*(weight[None] for weight in weights), *ours.get_weights()[4:]])
    close(run(ours, X, None), np.asarray(theirs(X)))


@pytest.mark.parametrize("layer", LAYERS)
def test_padding_anywhere_is_skipped(layer):
    """What is computed through holes is what the text without them gives."""
    network = layer(3)
    y = run(network, X, HOLES)
    for text, real, states in zip(X, HOLES, y, strict=True):
        close(states[real], run(network, text[real][None], None)[0])
    assert np.all(y[~HOLES] == 0)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_written_gradient_is_that_of_the_plain_loop(layer):
    fast, plain = layer(3), layer(3, jit_compile=False)
    run(fast, X, HOLES), run(plain, X, HOLES)
    plain.set_weights(fast.get_weights())
    wanted = gradients(plain, X, HOLES)
    for training in (False, True):
        for gradient, want in zip(gradients(fast, X, HOLES, training), wanted, strict=True):
            close(gradient, want)


@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
@pytest.mark.parametrize("layer", [BiLSTM, BiGRU])
def test_bfloat16_stays_near_float32(layer, jit_compile):
    """In and out of a compiled model: XLA fails where it folds a product into one that it has no kernel for."""
    for units, batch, length in ((1, 1, 2), (40, 33, 5), (3, 2, 1)):
        x, mask = RNG.normal(size=(batch, length, 24)).astype("float32"), np.ones((batch, length), dtype=bool)
        half, full = layer(units, dtype="mixed_bfloat16"), layer(units, jit_compile=False)
        half.build(x.shape), full.build(x.shape)
        half.set_weights(full.get_weights())
        wanted = [run(full, x, mask), *gradients(full, x, mask)]
        largest = max(np.abs(want).max() for want in wanted)
        for found, want in zip(train(half, x, mask, jit_compile), wanted, strict=True):
            close(found, want, 0.03 * largest)


@pytest.mark.parametrize("layer", [BiLSTM, BiGRU])
@pytest.mark.parametrize("jit_compile", [False, True], ids=["graph", "xla"])
def test_a_length_unknown_to_the_graph_changes_nothing(layer, jit_compile):
    network = layer(3)
    y = run(network, X, HOLES)
    wanted = [y, *gradients(network, X, HOLES)]
    for found, want in zip(train(network, X, HOLES, jit_compile, length=None), wanted, strict=True):
        close(found, want)


def train(network, x, mask, jit_compile, length=0) -> list[np.ndarray]:
    """Output and gradients, from a graph that knows the length, or doesn't where it is None."""
    import tensorflow as tf

    shape = [None, x.shape[1] if length == 0 else None]
    signature = [tf.TensorSpec([*shape, x.shape[2]]), tf.TensorSpec(shape, tf.bool)]

    @tf.function(jit_compile=jit_compile, input_signature=signature, autograph=False)
    def step(x, mask):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = network(x, mask=mask, training=True)
            loss = ops.sum(ops.cast(y, "float32") ** 2)
        return [y, *tape.gradient(loss, [x, *(v.value for v in network.trainable_variables)])]

    return [np.asarray(tf.cast(result, "float32")) for result in step(x, mask)]


def test_dropout_draws_once_for_all_positions_of_a_text():
    import tensorflow as tf

    network, x = BiLSTM(3, dropout=0.5, seed=1), tf.ones((8, 5, 4))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = ops.sum(network(x, training=True) ** 2)
    reached = np.asarray(tape.gradient(loss, x)) != 0
    assert (reached == reached[:, :1]).all()
    assert 0 < reached.mean() < 1


def test_units_must_be_positive():
    with pytest.raises(ValueError, match="must be positive"):
        BiLSTM(0)
