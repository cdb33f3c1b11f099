"""From tokens to one vector per unit (character or word) of a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from nlpx.layers.bert.bert import Bert
from nlpx.layers.masking import Tensor, zero_padding
from nlpx.layers.parts import part_config, part_from_config

PLACES = 5
"""Whole tokens, the beginning, inside and end of a token, and without a token."""


@keras.saving.register_keras_serializable("nlpx")
class UnitEncoder(keras.layers.Layer):
    """A pretrained model, and for each unit the vectors of its tokens as one.

    Units inside of one token would all have the same vector. A learned vector of a unit's place in its token, zero at
    first, tells them apart.

    Args:
        bert: the model.
        pooling: of a unit's tokens: mean or first.
        state: number of the state that is taken; -1 for the last; mix for a learned mean of all, with a learned scale
            (Peters et al. 2018), which starts even.
        attention: see `Bert`.
        learning_rate: peak rate of the pretrained weights; 0 freezes them, None for the rate of everything else.
        layer_decay: each block learns this many times as fast as the one above it; the embeddings stand below all.
        summary: whether the pooled vector is returned: no, too, or only (then the vectors of units are there, but not
            trained).
        pretrained: initial weights by path below the model. They are where training starts, not part of the config.

    Call arguments:
        features: dict with `subwords (batch, tokens)` int, ids plus 1 and 0 for padding; `units (batch, length, 3)`
            int, first and last token and place of each unit; `mask (batch, length)` bool, True at real units; where
            two texts are one sequence also `subword_segments (batch, tokens)` int.

    Returns:
        `(batch, length, units)`, zeros at padded positions; with a `summary` a pair of it and `(batch, units)`.
    """

    reads_all = True
    """It takes its part of a dict of features."""

    def __init__(
        self,
        bert: Bert,
        *,
        pooling: str = "mean",
        state: int | str = -1,
        attention: str = "bidirectional",
        learning_rate: float | None = None,
        layer_decay: float = 1.0,
        summary: str = "no",
        pretrained: Mapping[str, np.ndarray] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if pooling not in ("mean", "first"):
            raise ValueError(f"pooling must be mean or first. Received: {pooling!r}")
        if state != "mix" and not (isinstance(state, int) and -1 <= state <= bert.block_count):
            raise ValueError(f"state must be mix or from -1 to {bert.block_count}. Received: {state!r}")
        if summary not in ("no", "too", "only"):
            raise ValueError(f"summary must be no, too or only. Received: {summary!r}")
        self.bert = bert
        self.pooling, self.state, self.attention = pooling, state, attention
        self.learning_rate, self.layer_decay = learning_rate, layer_decay
        self.summary = summary
        self._start = (dict(pretrained),) if pretrained is not None else ()

    # === Layers ===

    def build(self, features_shape: dict[str, tuple[int | None, ...]]) -> None:
        self.bert.build(features_shape["subwords"])
        self.places = self.add_weight(
            name="places", shape=(PLACES, self.bert.units), initializer="zeros", autocast=False
        )
        if self.state == "mix":
            count = self.bert.block_count + 1
            self.mix = self.add_weight(name="mix", shape=(count,), initializer="zeros", autocast=False)
            self.scale = self.add_weight(name="scale", shape=(), initializer="ones", autocast=False)
        for arrays in self._start:
            assign_all(self.bert, arrays)
        self._start = ()
        self._freeze()

    def _freeze(self) -> None:
        """What has no part in the output is not trained."""
        bert = self.bert
        if self.learning_rate == 0:
            bert.trainable = False
        self.places.trainable = self.summary != "only"
        if self.summary != "no":
            return
        if bert.has_pooler:
            bert.pooler.trainable = False
        if isinstance(self.state, int) and self.state >= 0 and not bert.shared:
            for block in bert.blocks[self.state :]:
                block.trainable = False

    @property
    def constants(self) -> list[keras.Variable]:
        """Weights that training never changes."""
        return [variable for variable in self.bert.weights if not variable.trainable]

    @property
    def learning_rates(self) -> list[tuple[keras.Variable, float]]:
        """The pretrained weights with the peak rate of each, for the optimiser."""
        if self.learning_rate is None:
            return []
        found = []
        for variable in self.bert.trainable_variables:
            below = self.bert.block_count - _height(variable.path, self.bert)
            found.append((variable, self.learning_rate * self.layer_decay**below))
        return found

    # === Graph ===

    def call(self, features: dict[str, Tensor], training: bool = False) -> Any:
        return self.from_embedded(self.embed(features, training), features, training)

    def embed(self, features: dict[str, Tensor], training: bool) -> Tensor:
        """The vectors of the tokens alone `(batch, tokens, size)`, before position, segment and norm."""
        return self.bert.embeddings.look_up(ops.maximum(features["subwords"] - 1, 0))

    def from_embedded(self, x: Tensor, features: dict[str, Tensor], training: bool = False) -> Any:
        """The output for vectors of tokens `(batch, tokens, size)`, those of `embed` or others."""
        segments = features.get("subword_segments")
        x = self.bert.embeddings.from_vectors(x, segments=segments, training=training)
        states, pooled = self.bert.from_embedded(
            x,
            mask=features["subwords"] > 0,
            segments=segments,
            attention=self.attention,
            training=training,
        )
        vectors = self._units(self._chosen(states), features["units"])
        vectors = zero_padding(vectors, ops.cast(features["mask"], "bool"))
        return vectors if self.summary == "no" else (vectors, pooled)

    def _chosen(self, states: list[Tensor]) -> Tensor:
        if self.state != "mix":
            return states[int(self.state)]
        shares = ops.cast(ops.softmax(ops.convert_to_tensor(self.mix)) * self.scale, states[0].dtype)
        return sum(state * shares[index] for index, state in enumerate(states))

    def _units(self, tokens: Tensor, units: Tensor) -> Tensor:
        """Vectors of units `(batch, length, units)` from those of tokens.

        A product with a matrix of shares rather than a gather: its gradient is cheap under XLA on a CPU.
        """
        places = ops.arange(ops.shape(tokens)[1])
        first, last = units[..., 0:1], units[..., 1:2]  # (batch, length, 1)
        if self.pooling == "first":
            last = ops.where(units[..., 2:3] == PLACES - 1, last, first)
        inside = ops.cast(ops.logical_and(places >= first, places <= last), tokens.dtype)
        shares = inside / ops.maximum(ops.sum(inside, axis=-1, keepdims=True), 1)
        where = ops.one_hot(units[..., 2], PLACES, dtype=tokens.dtype)
        return ops.matmul(shares, tokens) + ops.matmul(where, ops.cast(self.places, tokens.dtype))

    def compute_output_shape(self, features_shape: dict[str, tuple[int | None, ...]]) -> tuple[Any, ...]:
        shape = (*features_shape["mask"], self.bert.units)
        return shape if self.summary == "no" else (shape, (shape[0], self.bert.units))

    # === Config ===

    def get_config(self) -> dict[str, Any]:
        names = ("pooling", "state", "attention", "learning_rate", "layer_decay", "summary")
        return {
            **super().get_config(),
            "bert": part_config(self.bert),
            **{name: getattr(self, name) for name in names},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> UnitEncoder:
        return cls(**{**config, "bert": part_from_config(config["bert"])})


def assign_all(bert: Bert, arrays: Mapping[str, np.ndarray]) -> None:
    """Give every weight its array; the names were checked where they were read, so here a gap is a bug."""
    mine = {relative_path(variable, bert): variable for variable in bert.weights}
    if mine.keys() != arrays.keys():
        raise ValueError(f"weights and arrays differ: {sorted(mine.keys() ^ arrays.keys())}")
    for path, variable in mine.items():
        _set_first_value(variable, arrays[path])


def _set_first_value(variable: keras.Variable, array: np.ndarray) -> None:
    """Give a variable the value that it starts with.

    Where a model without a `build` of its own is called for the first time, Keras builds its layers in a rehearsal that
    forgets every assignment and draws the values afterwards; there the array takes the place of what is drawn.

    Raises:
        ValueError: the array has another shape.
    """
    if tuple(variable.shape) != array.shape:
        raise ValueError(f"{variable.path} is {tuple(variable.shape)}. Received: {array.shape}")
    if variable._value is None:
        variable._initializer = lambda shape, dtype: ops.convert_to_tensor(array, dtype=dtype)
    else:
        variable.assign(array)


def relative_path(variable: keras.Variable, layer: keras.layers.Layer) -> str:
    """The path of a variable below a layer: `block_0/attention/query/kernel`."""
    return str(variable.path).rpartition(f"{layer.name}/")[2]


def _height(path: str, bert: Bert) -> int:
    """0 for the embeddings, then the number of the block from 1; what all blocks share, and what follows, is top."""
    below = path.rpartition(f"{bert.name}/")[2]
    if below.startswith("embeddings/"):
        return 0
    if below.startswith("block_") and not bert.shared:
        return int(below.partition("/")[0].removeprefix("block_")) + 1
    return bert.block_count
