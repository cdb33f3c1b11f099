"""Layers inside layers: how the config of the outer one holds the inner ones."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import keras

_PACKAGE = __name__.rpartition(".")[0]


def part_config(layer: keras.layers.Layer) -> dict[str, Any]:
    """The config of an inner layer, without shapes: the outer one builds it, so weights keep their paths."""
    config = keras.saving.serialize_keras_object(layer)
    return {key: value for key, value in config.items() if key != "build_config"}


def part_from_config(config: dict[str, Any]) -> keras.layers.Layer:
    """The inner layer again. Keras knows a class once its module is imported, so ours is."""
    if str(config.get("module", "")).startswith(f"{_PACKAGE}."):
        import_module(config["module"])
    return keras.saving.deserialize_keras_object(config)
