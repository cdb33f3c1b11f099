"""What each character of a text is told about the dictionary, a mention and one of its candidates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from nlpx.tasks.entity_linking.example import Place
from nlpx.tasks.entity_linking.su2019.entity_texts import EntityText

NAMES = ("mention", "characters", "words", "objects")


def place_flags(length: int, places: Iterable[Place]) -> np.ndarray:
    """Where places start and where their last characters are, float32 `(length, 2)`."""
    flags = np.zeros((length, 2), np.float32)
    for start, end in places:
        flags[start, 0] = flags[end - 1, 1] = 1
    return flags


def match_features(text: str, words: Sequence[str], mention: Place, entity: EntityText) -> np.ndarray:
    """The features of `NAMES`, float32 0 or 1 `(length, 4)`.

    A character is marked where it is in the mention; where the description has it; where the description has the word
    that it is in; where it is in an occurrence of a short value of an attribute.

    Args:
        text: folded.
        words: of this text, which joined give it.
    """
    marks = np.zeros((len(text), len(NAMES)), np.float32)
    marks[slice(*mention), 0] = 1
    marks[:, 1] = [char in entity.characters for char in text]
    marks[:, 2] = np.repeat([word in entity.words for word in words], [len(word) for word in words])
    for value in entity.objects:
        start = text.find(value)
        while start >= 0:
            marks[start : start + len(value), 3] = 1
            start = text.find(value, start + 1)
    return marks
