"""What holds for every encoder: one function an encoder's test calls.

from tests.encoders.harness import check_encoder
def test_mine(tmp_path): check_encoder({"type": "mine", "units": 4}, tmp_path)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from pydantic import TypeAdapter

from nlpx.encoders.encoder import Encoder
from nlpx.encoders.registry import EncoderConfig, EncoderConfigs
from tests.encoders.jax_side import on_jax

TRAIN = ["中国人民银行在北京市。", "他在江西省南昌市的ABC大学上学", "北京大学在中国北京"]
TEXTS = ["北京的大学", "美国人😀", "中", "", "银行\n"]
ALL_INPUTS = {
    "tokens": {"size": 5, "unknown_rate": 0.1},
    "bigrams": {"size": 3},
    "words": {"size": 4},
    "segments": {"size": 2},
    "lexicon": {"size": 3},
    "token_dropout": 0.2,
    "dropout": 0.2,
}


def config_of(values: dict[str, Any]) -> EncoderConfig:
    """The config that a YAML section with these values becomes."""
    return TypeAdapter(EncoderConfigs).validate_python(values)


def fitted(values: dict[str, Any], texts: Sequence[str] = TRAIN) -> Encoder:
    encoder = Encoder(config_of(values))
    encoder.fit(texts)
    return encoder


def batch_of(encoder: Encoder, texts: Sequence[str] = TEXTS, extra: int = 0) -> dict[str, np.ndarray]:
    """Padded features `(batch, length, ...)` with their mask, padding filled with ids that occur.

    A feature with lengths of its own is padded with 0, which alone tells what is real in it.
    """
    rows = [encoder.featurize(text) for text in texts]
    lengths = np.array([len(encoder.split(text)) for text in texts])
    length = lengths.max() + extra
    batch: dict[str, Any] = {}
    for name in rows[0]:
        sizes = np.array([len(row[name]) for row in rows])
        own = bool((sizes != lengths).any())
        width, fill = (sizes.max() + extra, 0) if own else (length, int(extra > 0))
        batch[name] = np.stack([_pad(row[name], width, fill=fill) for row in rows])
    return {**batch, "mask": np.arange(length) < lengths[:, None]}


def _pad(array: np.ndarray, length: int, fill: int) -> np.ndarray:
    return np.pad(array, [(0, length - len(array)), *[(0, 0)] * (array.ndim - 1)], constant_values=fill)


def run(network: keras.layers.Layer, batch: dict[str, np.ndarray], training: bool = False) -> np.ndarray:
    """Vectors `(batch, length, units)`."""
    return ops.convert_to_numpy(network(batch, training=training))


def check_encoder(
    values: dict[str, Any], folder: Path, tolerance: float = 1e-5, inputs: dict[str, Any] | None = None
) -> None:
    """Every promise an encoder makes, with all inputs switched on unless others are given."""
    encoder = fitted({**values, "inputs": ALL_INPUTS if inputs is None else inputs})
    check_config(encoder.config)
    network = encoder.network()
    batch = batch_of(encoder)
    y = run(network, batch)
    assert y.shape == (*batch["mask"].shape, encoder.units)
    assert np.all(y[~batch["mask"]] == 0), "padded positions must give zeros"
    check_padding(encoder, network, y)
    check_training(network, batch, y)
    check_graph(encoder, network, batch, y)
    check_saving(encoder, network, batch, y, folder)
    close(run(copy_of(network, batch), batch), y)
    close(on_jax(network, batch), y, tolerance)


def check_config(config: EncoderConfig) -> None:
    """A config written as JSON is read as the same config, and every key is described."""
    assert config_of(json.loads(config.model_dump_json())) == config
    assert all(field.description for field in type(config).model_fields.values())


def check_padding(encoder: Encoder, network: keras.layers.Layer, y: np.ndarray) -> None:
    """Neither more padding, nor what stands in it, nor another text of the batch reaches a position."""
    for extra in (1, 7):
        close(run(network, batch_of(encoder, extra=extra)), np.pad(y, ((0, 0), (0, extra), (0, 0))))
    alone = run(network, batch_of(encoder, TEXTS[:1]))
    close(alone[0], y[0, : len(TEXTS[0])])


def check_training(network: keras.layers.Layer, batch: dict[str, np.ndarray], y: np.ndarray) -> None:
    """Dropout changes the output in training only, and every trainable weight gets a finite gradient."""
    import tensorflow as tf

    assert not np.allclose(run(network, batch, training=True), y)
    close(run(network, batch), y)
    with tf.GradientTape() as tape:
        loss = ops.sum(network(batch, training=True) ** 2)
    gradients = tape.gradient(loss, [variable.value for variable in network.trainable_variables])
    for gradient in gradients:
        assert np.isfinite(tf.convert_to_tensor(gradient)).all()


def check_graph(
    encoder: Encoder, network: keras.layers.Layer, batch: dict[str, np.ndarray], y: np.ndarray
) -> None:
    """It trains as a TensorFlow graph too, compiled by XLA where it asks for that."""
    import tensorflow as tf

    @tf.function(jit_compile=encoder.jit_compile, autograph=False)
    def run_and_train(features: dict[str, Any]) -> Any:
        with tf.GradientTape() as tape:
            loss = ops.sum(network(features, training=True) ** 2)
        gradients = tape.gradient(loss, [variable.value for variable in network.trainable_variables])
        return network(features, training=False), [ops.sum(tf.convert_to_tensor(g)) for g in gradients]

    found, gradients = run_and_train({name: tf.constant(array) for name, array in batch.items()})
    close(found.numpy(), y)
    assert np.isfinite(gradients).all()


def check_saving(
    encoder: Encoder, network: keras.layers.Layer, batch: dict[str, np.ndarray], y: np.ndarray, folder: Path
) -> None:
    """An encoder loaded in its place gives the same features, and its network names its weights alike."""
    encoder.save(folder / "encoder")
    loaded = Encoder.load(encoder.config, folder / "encoder")
    again = batch_of(loaded)
    assert all(np.array_equal(batch[name], again[name]) for name in batch)
    twin = loaded.network()
    run(twin, again)
    paths = [variable.path for variable in network.variables]
    assert [variable.path for variable in twin.variables] == paths
    assert len(set(paths)) == len(paths)
    twin.set_weights(network.get_weights())
    close(run(twin, again), y)


def copy_of(network: keras.layers.Layer, batch: dict[str, np.ndarray]) -> keras.layers.Layer:
    """The network made again from its config, with its weights."""
    twin = type(network).from_config(network.get_config())
    run(twin, batch)
    assert [variable.path for variable in twin.variables] == [variable.path for variable in network.variables]
    twin.set_weights(network.get_weights())
    return twin


def close(a: np.ndarray, b: np.ndarray, tolerance: float = 1e-5) -> None:
    np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)
