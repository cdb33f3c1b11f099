"""What every encoder's config promises, and the one list of encoders."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
from pydantic import Field

from nlpx.config.model import ConfigModel
from nlpx.encoders.inputs.base import Input
from nlpx.encoders.inputs.config import InputsConfig
from nlpx.encoders.inputs.units import Offsets, Units, split_words

if TYPE_CHECKING:
    import keras

Features = dict[str, np.ndarray]

Summary = Literal["no", "too", "only"]
"""Whether a network also gives a vector of the whole text; only: those of the units are there, but not trained."""

ENCODERS: dict[str, type[EncoderConfig]] = {}
"""Config model of each encoder by the name that `type:` takes."""

ConfigT = TypeVar("ConfigT", bound="EncoderConfig")


def register(config: type[ConfigT]) -> type[ConfigT]:
    """Class decorator: make an encoder known by the default of its `type`. A name taken is a ValueError."""
    name = config.model_fields["type"].default
    if name in ENCODERS:
        raise ValueError(
            f"two encoders are called {name!r}: {ENCODERS[name].__qualname__} and {config.__qualname__}"
        )
    ENCODERS[name] = config
    return config


class EncoderConfig(ConfigModel, ABC):
    """One kind of encoder: its keys, its inputs and its network.

    The seam for encoders with a tokenizer of their own: their inputs may give features of any leading length,
    and their network brings the vectors back to one per unit.
    """

    type: str

    @abstractmethod
    def size(self, inputs: Sequence[Input]) -> int:
        """Size of the vector of one unit, of an encoder whose inputs are fitted."""

    @property
    def directions(self) -> int:
        """2 where the second half of a vector was read from right to left."""
        return 1

    @property
    def jit_compile(self) -> bool:
        """Whether TensorFlow runs this encoder faster when XLA compiles it."""
        return False

    @abstractmethod
    def make_inputs(self) -> list[Input]:
        """Fresh inputs, not yet fitted."""

    @abstractmethod
    def make_units(self, text: str, offsets: Offsets | None) -> Units:
        """The units of a text: those given, or by the encoder's own rule."""

    def positions(self, inputs: Sequence[Input], units: Units) -> list[tuple[int, int]] | None:
        """Half-open characters of what the network embeds, empty for a token that stands for none; None where that
        is the units themselves."""
        return None

    @property
    def joins(self) -> bool:
        """Whether it was made to read two texts as one sequence; only then are there the two methods below."""
        return False

    def pair_features(self, inputs: Sequence[Input], first: Units, second: Units) -> Features:
        """Features of two texts as one sequence, whose units are those of the first, then those of the second."""
        raise NotImplementedError

    def pair_positions(
        self, inputs: Sequence[Input], first: Units, second: Units
    ) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Half-open characters of what the network embeds of such a sequence: in the first text, and in the second;
        empty for what stands for none there."""
        raise NotImplementedError

    @abstractmethod
    def make_network(self, inputs: Sequence[Input], summary: Summary = "no") -> keras.layers.Layer:
        """A new layer from features and `mask (batch, length)` to vectors `(batch, length, units)`; with a `summary`,
        which only pretrained encoders have, to a pair of them and `(batch, units)`."""

    def files(self) -> dict[str, Path]:
        """Every file that decides the outcome, by its key below `encoder`."""
        return {}

    def paths(self) -> set[str]:
        """Keys whose values are paths, which differ from machine to machine."""
        return set(self.files())


class LightEncoderConfig(EncoderConfig):
    """An encoder that is trained from scratch on vectors of characters or words."""

    units: int = Field(
        default=200, gt=0, description="Size of a layer's state; per direction where it reads both."
    )
    layers: int = Field(default=1, gt=0, description="Number of layers.")
    dropout: float = Field(
        default=0.5, ge=0, lt=1, description="Share of units dropped after a layer in training."
    )
    inputs: InputsConfig = Field(
        default=InputsConfig(), description="What the encoder sees of each character or word."
    )

    @property
    def output_units(self) -> int:
        """Size of the vector of one unit."""
        return self.units

    def size(self, inputs: Sequence[Input]) -> int:
        return self.output_units

    @property
    def directions(self) -> int:
        return self.output_units // self.units

    @abstractmethod
    def make_stack(self) -> keras.layers.Layer:
        """A new layer from `(batch, length, any)` and a mask to `(batch, length, units)`."""

    def make_inputs(self) -> list[Input]:
        return self.inputs.make()

    def make_units(self, text: str, offsets: Offsets | None) -> Units:
        if offsets is None and self.inputs.unit == "word":
            offsets = split_words(text, self.inputs.splitter)
        return Units(text, offsets, self.inputs.normalize.table())

    def make_network(self, inputs: Sequence[Input], summary: Summary = "no") -> keras.layers.Layer:
        if summary != "no":
            raise ValueError("an encoder that is trained from scratch has no vector of a whole text")
        return self._make_layer(inputs, self.make_stack(), "encoder")

    def make_vectors(self, inputs: Sequence[Input]) -> keras.layers.Layer:
        """A new layer like that of `make_network` without the stack, for networks that read the vectors twice."""
        from nlpx.layers.stack import Stack

        return self._make_layer(inputs, Stack([], name="stack"), "vectors")

    def _make_layer(
        self, inputs: Sequence[Input], stack: keras.layers.Layer, name: str
    ) -> keras.layers.Layer:
        from nlpx.layers.feature_encoder import FeatureEncoder

        return FeatureEncoder(
            {part.name: part.layer() for part in inputs},
            stack,
            added=[part.name for part in inputs if part.added],
            token_dropout=self.inputs.token_dropout,
            dropout=self.inputs.dropout,
            name=name,
        )

    def files(self) -> dict[str, Path]:
        return {f"inputs.{key}": path for key, path in self.inputs.files().items()}

    def paths(self) -> set[str]:
        return {f"inputs.{key}" for key in self.inputs.paths()}
