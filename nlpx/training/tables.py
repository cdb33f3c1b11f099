"""The tables that an encoder looks vectors up in."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import keras

from nlpx.errors import ConfigError

log = logging.getLogger("nlpx")


def lookup_tables(model: keras.Model) -> list[keras.Variable]:
    """Every trained table in which the vectors of what is read (characters, words, word pieces) are looked up by ids.

    These are the `lookup_tables` of all layers that have them, and those of Keras' own `Embedding`; not BERT's tables
    of positions and token types, nor vectors of yes-or-no properties, nor tables that are not trained.
    """
    layers = model._flatten_layers(include_self=False, recursive=True)
    found = {variable.path: variable for layer in layers for variable in _tables_of(layer)}
    return [variable for variable in found.values() if variable.trainable]


def _tables_of(layer: keras.layers.Layer) -> Sequence[keras.Variable]:
    if isinstance(layer, keras.layers.Embedding):
        return [layer.embeddings]
    tables: Sequence[keras.Variable] = getattr(layer, "lookup_tables", [])
    return tables


def tables_to_move(model: keras.Model) -> list[keras.Variable]:
    """`lookup_tables`, named in the log.

    Raises:
        ConfigError: there are none.
    """
    tables = lookup_tables(model)
    if not tables:
        what = "training.adversarial moves the vectors of tokens, and this network trains no table of them"
        raise ConfigError(what, "take it out, or train the vectors")
    log.info("training.adversarial moves %s", ", ".join(table.path for table in tables))
    return tables
