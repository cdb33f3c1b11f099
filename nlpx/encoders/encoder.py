"""Raw text in, one vector per unit (character or word) out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nlpx.encoders.base import EncoderConfig, Summary
from nlpx.encoders.inputs.units import Offsets
from nlpx.encoders.store import read_store, write_store

if TYPE_CHECKING:
    import keras


class Encoder:
    """What a task needs of an encoder: fit it, turn texts into features, build its network.

    Fit it on the training fold, or load what an earlier run saved; until then the other methods know nothing.

    Args:
        config: one of `nlpx.encoders.registry.EncoderConfigs`.
    """

    def __init__(self, config: EncoderConfig) -> None:
        self.config = config
        self.inputs = config.make_inputs()

    # === Text to features ===

    def fit(self, texts: Iterable[str], offsets: Iterable[Offsets | None] | None = None) -> None:
        """Learn vocabularies from the training texts, and read the files the config names.

        Args:
            texts: raw texts of the training fold.
            offsets: spans of the units of each text; None, for one or all, where the encoder splits by
                itself.

        Raises:
            DataError: a file of vectors or words is missing or can't be understood.
        """
        self.inputs = self.config.make_inputs()
        for text, given in zip(texts, repeat(None) if offsets is None else offsets, strict=False):
            units = self.config.make_units(text, given)
            for part in self.inputs:
                part.count(units)
        for part in self.inputs:
            part.finish()

    def featurize(self, text: str, offsets: Offsets | None = None) -> dict[str, np.ndarray]:
        """Integer features of one text, not padded. The first axis is that of the units `(length, ...)`, or of the
        tokens where an encoder has a tokenizer of its own.

        Args:
            text: any text, empty or with characters never seen.
            offsets: spans of the units, half-open characters of the text; None to split as `split` does.
        """
        units = self.config.make_units(text, offsets)
        return {name: array for part in self.inputs for name, array in part.features(units).items()}

    def featurize_pair(
        self, first: str, second: str, offsets: Offsets | None = None, second_offsets: Offsets | None = None
    ) -> dict[str, np.ndarray]:
        """Integer features of two texts that are read as one sequence, by an encoder whose config `joins` them. Its
        units are those of the first text, then those of the second; so many positions its mask shows."""
        units = self.config.make_units(first, offsets), self.config.make_units(second, second_offsets)
        return self.config.pair_features(self.inputs, *units)

    def pair_positions(
        self, first: str, second: str, offsets: Offsets | None = None, second_offsets: Offsets | None = None
    ) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Half-open characters of what the network embeds of such a sequence: in the first text, and in the second;
        empty for what stands for none there."""
        units = self.config.make_units(first, offsets), self.config.make_units(second, second_offsets)
        return self.config.pair_positions(self.inputs, *units)

    def split(self, text: str) -> list[tuple[int, int]]:
        """Spans of the units where none are given: every character, or words by the config's splitter."""
        units = self.config.make_units(text, None)
        return [(i, i + 1) for i in range(len(units))] if units.offsets is None else list(units.offsets)

    def positions(self, text: str, offsets: Offsets | None = None) -> list[tuple[int, int]]:
        """Half-open characters of what the network embeds: the units, or tokens; empty for a token that stands for
        none."""
        units = self.config.make_units(text, offsets)
        found = self.config.positions(self.inputs, units)
        if found is not None:
            return found
        return [(i, i + 1) for i in range(len(units))] if units.offsets is None else list(units.offsets)

    # === Features to vectors ===

    def network(self, summary: Summary = "no") -> keras.layers.Layer:
        """A new layer: features and `mask (batch, length)` bool in one dict -> vectors `(batch, length,
        units)`.

        After `fit` it starts from pretrained vectors; after `load` all its weights are to be loaded.

        Args:
            summary: whether a pretrained encoder also gives its own vector of the whole text `(batch, units)`: no, too,
                or only, where the vectors of units are not trained.
        """
        return self.config.make_network(self.inputs, summary)

    @property
    def units(self) -> int:
        """Size of the vector of one unit."""
        return self.config.size(self.inputs)

    @property
    def jit_compile(self) -> bool:
        """Whether TensorFlow runs this encoder faster when XLA compiles it."""
        return self.config.jit_compile

    # === Files ===

    def save(self, folder: Path) -> None:
        """Write vocabularies as text and `encoder.json`, which tells their checksums; no weights."""
        write_store(folder, self.config, self.inputs)

    @classmethod
    def load(cls, config: EncoderConfig, folder: Path) -> Encoder:
        """Read what `save` wrote. Raises RunError naming what is missing, damaged or of another config."""
        encoder = cls(config)
        read_store(folder, config, encoder.inputs)
        return encoder
