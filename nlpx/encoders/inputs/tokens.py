"""The unit itself: its character or word."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from nlpx.encoders.inputs.units import Units
from nlpx.encoders.inputs.vocabulary_input import VectorsConfig, VocabularyInput


class TokensConfig(VectorsConfig):
    """Vectors of the units (characters or words)."""

    size: int = Field(default=100, gt=0, description="Size of the vectors; pretrained ones have their own.")


class TokensInput(VocabularyInput):
    """Feature `tokens (length,)`: the id of each unit."""

    name = "tokens"

    def strings(self, units: Units) -> list[str]:
        return units.strings

    def featurize(self, units: Units) -> np.ndarray:
        if units.unit_codes is not None:
            return self.vocabulary.character_ids(units.unit_codes)
        return self.vocabulary.ids(units.strings)
