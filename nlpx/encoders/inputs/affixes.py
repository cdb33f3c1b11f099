"""How a word begins and ends, and its shape: what little a rare word shows of itself.

Where words are the units and no vectors of them can be had, beginnings and ends say what unknown words are about: what
ends in ``-oma`` is a tumour. A lookup instead of the usual network over characters: as good at this, and much quicker.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from nlpx.encoders.inputs.units import Units
from nlpx.encoders.inputs.vocabulary_input import EmbeddingConfig, VocabularyInput
from nlpx.text.shapes import shape

if TYPE_CHECKING:
    import keras

LENGTHS = (2, 3, 4)
PARTS = 2 * len(LENGTHS) + 1
"""Of a word: its beginnings and ends of each length, and its shape."""


class AffixesConfig(EmbeddingConfig):
    """Vectors of a word's beginnings and ends, and of its shape."""

    size: int = Field(default=20, gt=0, description="Size of the vector of each of the seven parts.")
    min_count: int = Field(default=3, ge=1, description="Rarer parts in the training texts are unknown.")


class AffixesInput(VocabularyInput):
    """Feature `affixes (length, 7)`: ids of the parts of each unit."""

    name = "affixes"

    def strings(self, units: Units) -> list[str]:
        text = units.text
        words = list(text) if units.offsets is None else [text[start:end] for start, end in units.offsets]
        return [part for word, raw in zip(units.strings, words, strict=True) for part in parts(word, raw)]

    def featurize(self, units: Units) -> np.ndarray:
        return self.vocabulary.ids(self.strings(units)).reshape(len(units), PARTS)

    def layer(self) -> keras.layers.Layer:
        from nlpx.layers.parts_embedding import PartsEmbedding

        return PartsEmbedding(
            len(self.vocabulary), self.size, unknown_rate=self.config.unknown_rate, name=self.name
        )


@lru_cache(maxsize=1 << 16)
def parts(word: str, raw: str) -> tuple[str, ...]:
    """Beginnings and ends of a word, which are marked as such, and the shape of its raw form."""
    ends = [part for length in LENGTHS for part in (f"<{word[:length]}", f"{word[-length:]}>")]
    return (*ends, f"={shape(raw)}")
