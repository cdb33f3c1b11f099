"""Where in its word a character stands, and the word's part of speech: what a segmenter knows."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from nlpx.encoders.inputs.units import Units
from nlpx.encoders.inputs.vocabulary_input import EmbeddingConfig, VocabularyInput
from nlpx.text.segmentation import Word


class SegmentsConfig(EmbeddingConfig):
    """Vectors of a character's position in its word and the word's part of speech."""

    size: int = Field(default=25, gt=0, description="Size of the vectors.")
    tags: bool = Field(
        default=True, description="Tell parts of speech apart (person, place, verb …), not positions only."
    )


class SegmentsInput(VocabularyInput):
    """Feature `segments (length,)`: the id of a mark such as ``B-ns`` for each unit."""

    name = "segments"

    def __init__(self, config: SegmentsConfig) -> None:
        super().__init__(config)
        self.tags = config.tags

    def strings(self, units: Units) -> list[str]:
        return [mark for word in units.words for mark in marks(word, self.tags)]

    def featurize(self, units: Units) -> np.ndarray:
        return units.per_unit(self.vocabulary.ids(self.strings(units)))


def marks(word: Word, tags: bool) -> list[str]:
    """A mark per character: S, or B, M …, E, with the word's part of speech where `tags`."""
    suffix = f"-{word.tag}" if tags else ""
    length = word.end - word.start
    if length == 1:
        return ["S" + suffix]
    return ["B" + suffix, *["M" + suffix] * (length - 2), "E" + suffix]
