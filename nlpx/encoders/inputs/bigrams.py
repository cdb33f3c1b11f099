"""A unit with the one after it."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from nlpx.encoders.inputs.units import Units
from nlpx.encoders.inputs.vocabulary_input import VectorsConfig, VocabularyInput


class BigramsConfig(VectorsConfig):
    """Vectors of pairs of neighbouring units."""

    min_count: int = Field(default=2, ge=1, description="Rarer pairs in the training texts are unknown.")


class BigramsInput(VocabularyInput):
    """Feature `bigrams (length,)`: the id of the pair of each unit and the next."""

    name = "bigrams"

    def strings(self, units: Units) -> list[str]:
        tokens = units.strings
        between = "" if units.unit_codes is not None else " "  # or pairs of words would not be told apart
        return [f"{left}{between}{right}" for left, right in zip(tokens, [*tokens[1:], ""], strict=False)]

    def featurize(self, units: Units) -> np.ndarray:
        return self.vocabulary.ids(self.strings(units))
