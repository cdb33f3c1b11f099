"""The words that begin at, go through and end at a character, as vectors (after SoftLexicon, Ma et al. 2020).

Every word of the vectors' vocabulary that occurs in the text counts, whatever a segmenter would make of it. It is the
cheapest way to bring what a large raw corpus knows about words into a model of characters.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from nlpx.config.model import ConfigModel
from nlpx.config.paths import DataPath
from nlpx.encoders.inputs.base import Input
from nlpx.encoders.inputs.lexicon import as_list
from nlpx.encoders.inputs.units import Units
from nlpx.text.vectors import Vectors, read_vectors
from nlpx.text.vocabulary import escape, unescape
from nlpx.text.word_vectors import fold

if TYPE_CHECKING:
    import keras

log = logging.getLogger("nlpx")

BEGIN, INSIDE, END = 0, 1, 2
SETS = 3
LONGEST = 10
"""Longer words are not looked for."""


class WordSetsConfig(ConfigModel):
    """Words around a character, by vectors from a file or from raw text."""

    size: int = Field(
        default=100, gt=0, description="Size of the vector that sums up the words of a character."
    )
    vectors: DataPath | None = Field(
        default=None, description="Word vectors: .vec text (word2vec, fastText) or .npz."
    )
    corpus: Annotated[list[DataPath], BeforeValidator(as_list)] = Field(
        default=[],
        description="Raw text files to train word vectors on instead; under a minute per 100 MB, then kept.",
    )
    vector_size: int = Field(default=100, gt=0, description="Size of the word vectors trained on the corpus.")
    min_count: int = Field(default=5, ge=1, description="Rarer words of the corpus get no vector.")
    scale: float = Field(default=2.5, gt=0, description="Length that the word vectors are scaled to.")
    most: int = Field(default=4, ge=1, description="Words per set at most; the longest are kept.")
    dropout: float = Field(default=0.1, ge=0, lt=1, description="Share of the words left out in training.")

    @model_validator(mode="after")
    def _one_source(self) -> WordSetsConfig:
        if (self.vectors is None) == (not self.corpus):
            raise ValueError("word_sets needs word vectors: give either vectors or corpus")
        return self


class WordSetsInput(Input):
    """Feature `word_sets (length, 3, most)`, int32: ids of words that begin at, go through, end at a unit; 0 = none."""

    name = "word_sets"

    def __init__(self, config: WordSetsConfig) -> None:
        self.config = config
        self.size = config.vector_size
        self._pretrained: np.ndarray | None = None
        self._settle([])

    def finish(self) -> None:
        source = self._read()
        keep = [
            row for row, word in enumerate(source.tokens) if 2 <= len(word) <= LONGEST and not word.isspace()
        ]
        self._settle([source.tokens[row] for row in keep])
        vectors = source.matrix[keep]
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        self.size = source.size
        self._pretrained = np.zeros((len(keep) + 1, source.size), np.float32)
        self._pretrained[1:] = vectors / np.maximum(norms, 1e-6) * self.config.scale
        log.info("word_sets: %d words", len(keep))

    def _read(self) -> Vectors:
        config = self.config
        if config.vectors is not None:
            return read_vectors(config.vectors)
        from nlpx.text.vector_cache import corpus_vectors

        paths = [Path(path) for path in config.corpus]
        return corpus_vectors(paths, size=config.vector_size, min_count=config.min_count)

    def _settle(self, words: list[str]) -> None:
        self.words = words
        self._ids = {word: i for i, word in enumerate(words, 1)}
        # Lengths of the words that begin with two characters: most pairs begin none, and are passed over at once.
        lengths: dict[str, set[int]] = {}
        for word in words:
            lengths.setdefault(word[:2], set()).add(len(word))
        self._lengths = {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}

    # === Features ===

    def featurize(self, units: Units) -> np.ndarray:
        most = self.config.most
        text = fold(units.text)
        sets: list[list[list[int]]] = [[[], [], []] for _ in text]
        for start, end, word in self._matches(text):
            sets[start][BEGIN].append(word)
            sets[end - 1][END].append(word)
            for middle in range(start + 1, end - 1):
                sets[middle][INSIDE].append(word)
        table = np.zeros((len(text), SETS, most), np.int32)
        for place, (begin, inside, end_) in zip(table, sets, strict=True):
            for kind, ids in ((BEGIN, begin), (INSIDE, inside), (END, end_)):
                if ids:
                    found = ids[:most]
                    place[kind, : len(found)] = found
        return units.per_unit(table)

    def _matches(self, text: str) -> list[tuple[int, int, int]]:
        """Start, end and id of every word, longest first, so that a full set keeps the long ones."""
        ids, lengths = self._ids, self._lengths
        found = []
        for start in range(len(text) - 1):
            for length in lengths.get(text[start : start + 2], ()):
                word = ids.get(text[start : start + length])
                if word is not None and start + length <= len(text):
                    found.append((start, start + length, word))
        found.sort(key=lambda match: match[0] - match[1])
        return found

    def layer(self) -> keras.layers.Layer:
        from nlpx.layers.word_sets import WordSets

        return WordSets(
            len(self.words) + 1,
            self.size,
            self.config.size,
            dropout=self.config.dropout,
            pretrained=self._pretrained,
            name=self.name,
        )

    # === Files ===

    def state(self) -> dict[str, Any]:
        return {"size": self.size}

    def files(self) -> dict[str, str]:
        return {f"{self.name}.txt": "".join(escape(word) + "\n" for word in self.words)}

    def restore(self, state: Mapping[str, Any], files: Mapping[str, str]) -> None:
        self.size = int(state["size"])
        self._settle([unescape(line) for line in files[f"{self.name}.txt"].split("\n")[:-1]])
