"""Every dictionary word that a character is in, at once (after SoftLexicon, Ma et al. 2020, without word
vectors).

For each class of words and each place B, M, E, S one property: is the character at that place in a word of
the class? No segmentation has to be right, and nested words all count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from nlpx.config.model import ConfigModel
from nlpx.config.paths import DataPath
from nlpx.encoders.inputs.base import Input
from nlpx.encoders.inputs.units import Units
from nlpx.text.lexicon import Lexicon, read_words
from nlpx.text.segmentation import dictionary_words, part_of_speech

if TYPE_CHECKING:
    import keras

# Parts of speech of the segmenter's dictionary, by their first letters; the longest that fits decides.
PARTS = {
    "nr": "person",
    "ns": "place",
    "nt": "organisation",
    "nz": "name",
    "n": "noun",
    "v": "verb",
    "a": "adjective",
    "m": "number",
    "t": "time",
    "i": "idiom",
    "l": "idiom",
    "": "other",
}
GROUPS = tuple(dict.fromkeys(PARTS.values()))
PLACES = "BMES"


def as_list(value: Any) -> Any:
    """One file may be given without brackets."""
    return [value] if isinstance(value, str | Path) else value


class LexiconConfig(ConfigModel):
    """Properties from dictionaries: the places a character takes in the words around it."""

    size: int = Field(default=25, gt=0, description="Size of the vector that sums up the properties.")
    dictionary: bool = Field(
        default=True, description="Use the segmenter's dictionary, classed by part of speech."
    )
    word_lists: dict[str, Annotated[list[DataPath], BeforeValidator(as_list)]] = Field(
        default={},
        description="Further dictionaries: files with one word a line, by the name of their class.",
    )
    min_length: int = Field(default=2, ge=1, description="Shorter words are ignored.")

    @model_validator(mode="after")
    def _some_words(self) -> LexiconConfig:
        if not self.dictionary and not self.word_lists:
            raise ValueError("lexicon has no words; wanted dictionary: true, or word_lists")
        return self


class LexiconInput(Input):
    """Feature `lexicon (length, 4 * classes)`, uint8: 1 where the unit is there in a word of that class."""

    name = "lexicon"

    def __init__(self, config: LexiconConfig) -> None:
        self.config = config
        self.classes = (*(GROUPS if config.dictionary else ()), *config.word_lists)
        self.lexicon = Lexicon({})

    def finish(self) -> None:
        lists = self.config.word_lists
        self.lexicon = Lexicon(
            {name: [word for path in paths for word in read_words(path)] for name, paths in lists.items()},
            self.config.min_length,
        )

    def featurize(self, units: Units) -> np.ndarray:
        width = len(PLACES) * len(self.classes)
        found = bytearray(len(units.text) * width)
        for start, end, index in self._matches(units):
            column = len(PLACES) * index
            if end - start == 1:
                found[start * width + column + 3] = 1
                continue
            found[start * width + column] = 1
            for middle in range(start + 1, end - 1):
                found[middle * width + column + 1] = 1
            found[(end - 1) * width + column + 2] = 1
        return units.per_unit(np.frombuffer(found, dtype=np.uint8).reshape(len(units.text), width))

    def _matches(self, units: Units) -> Iterator[tuple[int, int, int]]:
        """Start, end and index of the class of every word in the text."""
        first = len(GROUPS) if self.config.dictionary else 0
        if self.config.dictionary:
            for start, end in dictionary_words(units.text):
                if end - start >= self.config.min_length:
                    yield start, end, dictionary_class(units.text[start:end])
        for start, end, classes in self.lexicon.matches(units.text) if len(self.lexicon) else ():
            for index in classes:
                yield start, end, first + index

    def layer(self) -> keras.layers.Layer:
        from nlpx.layers.multi_hot_embedding import MultiHotEmbedding

        return MultiHotEmbedding(self.config.size, name=self.name)

    def state(self) -> dict[str, Any]:
        return {"classes": list(self.classes)}

    def files(self) -> dict[str, str]:
        return {f"{self.name}.txt": self.lexicon.to_text()}

    def restore(self, state: Mapping[str, Any], files: Mapping[str, str]) -> None:
        if list(self.classes) != state["classes"]:
            raise ValueError(
                f"saved with the classes {state['classes']}, the config has {list(self.classes)}"
            )
        self.lexicon = Lexicon.from_text(files[f"{self.name}.txt"], self.config.word_lists)


@lru_cache(maxsize=1 << 16)  # bounded: numbers and names count as words, and a stream of text never ends
def dictionary_class(word: str) -> int:
    """Index in `GROUPS` of the class that a word of the segmenter's dictionary belongs to."""
    part = part_of_speech(word)
    return GROUPS.index(next(PARTS[part[:length]] for length in (2, 1, 0) if part[:length] in PARTS))
