"""What holds for every layer of nlpx: one function a layer's test calls.

from tests.layers.harness import check_layer
def test_bilstm(): check_layer(lambda: BiLSTM(3, name="lstm"), units=6)
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import ops

from tests.layers.jax_side import on_jax

MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]], dtype=bool)
INPUT_UNITS = 4
MakeLayer = Callable[[], keras.layers.Layer]


def check_layer(
    make: MakeLayer, *, units: int, input_units: int = INPUT_UNITS, tolerance: float = 1e-5
) -> None:
    """Every promise a layer makes; `units` is the size of its output."""
    x = np.random.default_rng(0).normal(size=(*MASK.shape, input_units)).astype("float32")
    layer = make()
    y = run(layer, x, MASK)
    assert y.shape == (*MASK.shape, units) == tuple(layer.compute_output_shape(x.shape))
    assert np.all(y[~MASK] == 0), "padded positions must give zeros"
    check_no_mask_is_full_mask(layer, x)
    check_padding_changes_nothing(layer, x, y)
    check_same_name_gives_same_paths(make, x)
    check_dropout_only_in_training(layer, x, y)
    check_gradients_finite(layer, x)
    check_graphs_agree(layer, x, y)
    check_config(layer, x, y)
    check_save_and_load(layer, x, y)
    check_jax_agrees(layer, x, y, tolerance)


def check_pooling(make: MakeLayer, *, units: int = INPUT_UNITS, tolerance: float = 1e-5) -> None:
    """The same promises for a layer that gives one vector per text: `(batch, units)`."""
    x = np.random.default_rng(0).normal(size=(*MASK.shape, INPUT_UNITS)).astype("float32")
    layer = make()
    y = run(layer, x, MASK)
    assert y.shape == (len(MASK), units) == tuple(layer.compute_output_shape(x.shape))
    assert np.all(y[~MASK.any(axis=1)] == 0), "a row without real positions must give zeros"
    check_no_mask_is_full_mask(layer, x)
    for extra in (0, 1, 6):
        longer = np.pad(x, ((0, 0), (0, extra), (0, 0)))
        mask = np.pad(MASK, ((0, 0), (0, extra)))
        longer[~mask] = np.nan
        close(run(layer, longer, mask), y)
    check_same_name_gives_same_paths(make, x)
    check_gradients_finite(layer, x)
    check_graphs_agree(layer, x, y)
    check_config(layer, x, y)
    check_save_and_load(layer, x, y)
    check_jax_agrees(layer, x, y, tolerance)


def run(
    layer: keras.layers.Layer, x: np.ndarray, mask: np.ndarray | None, training: bool = False
) -> np.ndarray:
    return ops.convert_to_numpy(
        layer(x, mask=None if mask is None else ops.convert_to_tensor(mask), training=training)
    )


def check_no_mask_is_full_mask(layer: keras.layers.Layer, x: np.ndarray) -> None:
    close(run(layer, x, None), run(layer, x, np.ones(MASK.shape, dtype=bool)))


def check_padding_changes_nothing(layer: keras.layers.Layer, x: np.ndarray, y: np.ndarray) -> None:
    """Neither more padding nor what stands in it reaches a real position."""
    for extra in (0, 1, 6):
        longer = np.pad(x, ((0, 0), (0, extra), (0, 0)))
        mask = np.pad(MASK, ((0, 0), (0, extra)))
        longer[~mask] = 100.0
        close(run(layer, longer, mask), np.pad(y, ((0, 0), (0, extra), (0, 0))))


def check_same_name_gives_same_paths(make: MakeLayer, x: np.ndarray) -> None:
    """Weights are stored by path, so a layer built twice must name them alike."""
    paths = []
    for layer in (make(), make()):
        run(layer, x, MASK)
        paths.append([variable.path for variable in layer.variables])
    assert paths[0] == paths[1]
    assert len(set(paths[0])) == len(paths[0])


def check_dropout_only_in_training(layer: keras.layers.Layer, x: np.ndarray, y: np.ndarray) -> None:
    close(run(layer, x, MASK), y)
    again = run(layer, x, MASK, training=True)
    assert np.isfinite(again).all()
    assert np.all(again[~MASK] == 0)


def check_gradients_finite(layer: keras.layers.Layer, x: np.ndarray) -> None:
    for gradient in gradients(layer, x, MASK):
        assert np.isfinite(gradient).all()


def gradients(
    layer: keras.layers.Layer, x: np.ndarray, mask: np.ndarray, training: bool = False
) -> list[np.ndarray]:
    """Of the summed squares of the output, with respect to the input and each trainable weight (TensorFlow)."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(source := tf.constant(x))
        loss = ops.sum(layer(source, mask=tf.constant(mask), training=training) ** 2)
    found = tape.gradient(loss, [source, *(v.value for v in layer.trainable_variables)])
    return [np.asarray(gradient) for gradient in found]


def check_graphs_agree(layer: keras.layers.Layer, x: np.ndarray, y: np.ndarray) -> None:
    """In a graph, and in a graph that XLA compiles, the layer gives what it gives eagerly."""
    import tensorflow as tf

    for jit_compile in (False, True):
        graph = tf.function(lambda x, mask: layer(x, mask=mask), jit_compile=jit_compile, autograph=False)
        close(graph(tf.constant(x), tf.constant(MASK)).numpy(), y)


def check_config(layer: keras.layers.Layer, x: np.ndarray, y: np.ndarray) -> None:
    twin = type(layer).from_config(layer.get_config())
    assert twin.get_config() == layer.get_config()
    run(twin, x, MASK)
    twin.set_weights(layer.get_weights())
    close(run(twin, x, MASK), y)


def check_save_and_load(layer: keras.layers.Layer, x: np.ndarray, y: np.ndarray) -> None:
    inputs = keras.Input((None, x.shape[-1])), keras.Input((None,), dtype="bool")
    model = keras.Model(inputs, layer(inputs[0], mask=inputs[1]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        loaded = keras.models.load_model(path)
    close(ops.convert_to_numpy(loaded([x, MASK])), y)


def check_jax_agrees(layer: keras.layers.Layer, x: np.ndarray, y: np.ndarray, tolerance: float) -> None:
    there = on_jax(layer, x, MASK)
    close(there["output"], y, tolerance)
    for jax_gradient, gradient in zip(there["gradients"], gradients(layer, x, MASK), strict=True):
        close(jax_gradient, gradient, tolerance * max(1.0, np.abs(gradient).max()))


def close(a: np.ndarray, b: np.ndarray, tolerance: float = 1e-5) -> None:
    np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)
