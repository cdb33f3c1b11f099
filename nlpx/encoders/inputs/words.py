"""The word a character is in (Su's mix of characters and words, kexue.fm/archives/6671).

Chinese words say more than their characters, but segmentation errors make them a bad unit. So each character
gets the projected vector of its word besides its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from nlpx.encoders.inputs.units import Units
from nlpx.encoders.inputs.vocabulary_input import VectorsConfig, VocabularyInput

if TYPE_CHECKING:
    import keras


class WordsConfig(VectorsConfig):
    """Vectors of the word that each character is in."""

    min_count: int = Field(default=2, ge=1, description="Rarer words in the training texts are unknown.")
    trainable: bool = Field(
        default=False, description="Train pretrained vectors further; learned ones always are."
    )
    combine: Literal["add", "concat"] = Field(
        default="add", description="Add the projected vector to the character's, or append it."
    )
    projection: int | None = Field(
        default=None, gt=0, description="Units of the linear map of an appended vector; none by default."
    )


class WordsInput(VocabularyInput):
    """Feature `words (length,)`: the id of the word that covers each unit."""

    name = "words"

    def __init__(self, config: WordsConfig, beside: VocabularyInput) -> None:
        super().__init__(config)
        self.added = config.combine == "add"
        self.projection = config.projection
        self.beside = beside

    def strings(self, units: Units) -> list[str]:
        return [units.folded[word.start : word.end] for word in units.words]

    def featurize(self, units: Units) -> np.ndarray:
        lengths = np.fromiter(
            (word.end - word.start for word in units.words), dtype=np.int64, count=len(units.words)
        )
        return units.per_unit(np.repeat(self.vocabulary.ids(self.strings(units)), lengths))

    def layer(self) -> keras.layers.Layer:
        return self.embedding(self.beside.size if self.added else self.projection)
