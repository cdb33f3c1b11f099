"""What inputs share whose features are ids of a vocabulary, with vectors learned or read from a file."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from nlpx.config.model import ConfigModel
from nlpx.config.paths import DataPath
from nlpx.encoders.inputs.base import Input
from nlpx.encoders.inputs.lexicon import as_list
from nlpx.encoders.inputs.units import Units
from nlpx.errors import DataError
from nlpx.text.normalize import normalize
from nlpx.text.vectors import Vectors, read_vectors
from nlpx.text.vocabulary import FIRST, UNKNOWN, Vocabulary

if TYPE_CHECKING:
    import keras

log = logging.getLogger("nlpx")

CORPUS_MIN_COUNT = 5
"""Rarer words of a corpus get no vector."""

_UNKNOWN_NAMES = ("<UNK>", "<unk>", "[UNK]")


class EmbeddingConfig(ConfigModel):
    """Vectors of the ids of a vocabulary, learned from scratch."""

    size: int = Field(default=50, gt=0, description="Size of the vectors.")
    min_count: int = Field(default=1, ge=1, description="Rarer ones in the training texts are unknown.")
    unknown_rate: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="Share replaced by the unknown one in training, so that its vector is learned.",
    )


class VectorsConfig(EmbeddingConfig):
    """Vectors of the ids of a vocabulary, learned or read from a file."""

    vectors: DataPath | None = Field(
        default=None,
        description="Pretrained vectors: .vec text (word2vec, fastText) or .npz. They set `size`.",
    )
    vector_vocabulary: DataPath | None = Field(
        default=None,
        description="Tokens of an .npz, one a line; found by itself where it is inside or beside it.",
    )
    vector_limit: int | None = Field(
        default=None, gt=0, description="Read only the first so many pretrained vectors."
    )
    corpus: Annotated[list[DataPath], BeforeValidator(as_list)] = Field(
        default=[],
        description="Raw text files to train vectors of words on instead, for `unit: word` with `splitter: jieba`.",
    )
    own_texts: bool = Field(
        default=True, description="Whether the training texts are part of the corpus, where there is one."
    )
    trainable: bool = Field(
        default=True, description="Train pretrained vectors further; learned ones always are."
    )

    @model_validator(mode="after")
    def _one_source(self) -> VectorsConfig:
        if self.vectors is not None and self.corpus:
            raise ValueError("vectors are read from a file or trained on a corpus, not both")
        return self

    @property
    def pretrained(self) -> bool:
        """Whether there are vectors to start from."""
        return self.vectors is not None or bool(self.corpus)

    def files(self) -> dict[str, Path]:
        """Every file that decides the vectors, by its key."""
        named = {"vectors": self.vectors, "vector_vocabulary": self.vector_vocabulary}
        found = {key: path for key, path in named.items() if path is not None}
        return found | {f"corpus.{index}": path for index, path in enumerate(self.corpus)}


class VocabularyInput(Input):
    """An id per unit; the vocabulary is what the training texts and the file of vectors hold."""

    def __init__(self, config: EmbeddingConfig) -> None:
        self.config = config
        self.vocabulary = Vocabulary()
        self.size = config.size
        self._counts: Counter[str] = Counter()
        self._texts: list[str] = []
        self._pretrained: np.ndarray | None = None

    @abstractmethod
    def strings(self, units: Units) -> list[str]:
        """What is looked up for a training text, in any order."""

    def count(self, units: Units) -> None:
        self._counts.update(self.strings(units))
        if isinstance(self.config, VectorsConfig) and self.config.corpus and self.config.own_texts:
            self._texts.append(units.text)

    def finish(self) -> None:
        source = self._read_vectors()
        self.vocabulary = Vocabulary.from_counts(
            self._counts, self.config.min_count, source.tokens if source else ()
        )
        if source is not None:
            self.size = source.size
            self._pretrained = initial_rows(self.vocabulary, source)
            self._log_coverage(self._pretrained)
        self._counts, self._texts = Counter(), []

    def _read_vectors(self) -> Vectors | None:
        config = self.config
        if not isinstance(config, VectorsConfig) or not config.pretrained:
            return None
        if config.vectors is None:
            return self._trained_vectors(config)
        source = read_vectors(config.vectors, vocabulary=config.vector_vocabulary, limit=config.vector_limit)
        if "size" in config.model_fields_set and config.size != source.size:
            raise DataError(
                f"{config.vectors}: the vectors have size {source.size}, `{self.name}.size` is {config.size}",
                "Remove `size`; the file decides.",
            )
        return source

    def _trained_vectors(self, config: VectorsConfig) -> Vectors:
        """Vectors trained on the corpus, most frequent words first."""
        from nlpx.text.vector_cache import corpus_vectors

        with TemporaryDirectory() as folder:  # the cache goes by content, not by name
            own = Path(folder) / "texts.txt"
            own.write_text("\n".join(self._texts), "utf-8", errors="replace")
            paths = [*config.corpus, *([own] if self._texts else [])]
            source = corpus_vectors(paths, size=config.size, min_count=CORPUS_MIN_COUNT)
        limit = config.vector_limit
        return source if limit is None else Vectors(source.tokens[:limit], source.matrix[:limit])

    def _log_coverage(self, rows: np.ndarray) -> None:
        known = np.isfinite(rows[FIRST:, 0])
        seen = np.array([self._counts.get(token, 0) for token in self.vocabulary.tokens])
        share = 100 * seen[known].sum() / max(sum(self._counts.values()), 1)
        log.info("%s: %.2f %% of the training texts have a pretrained vector", self.name, share)

    def embedding(self, projection: int | None = None) -> keras.layers.Layer:
        """A new layer from ids to vectors."""
        from nlpx.layers.token_embedding import TokenEmbedding

        config = self.config
        frozen = isinstance(config, VectorsConfig) and config.pretrained and not config.trainable
        return TokenEmbedding(
            len(self.vocabulary),
            self.size,
            projection=projection,
            unknown_rate=config.unknown_rate,
            pretrained=self._pretrained,
            trainable_vectors=not frozen,
            name=self.name,
        )

    def layer(self) -> keras.layers.Layer:
        return self.embedding()

    def state(self) -> dict[str, Any]:
        return {"size": self.size}

    def files(self) -> dict[str, str]:
        return {f"{self.name}.txt": self.vocabulary.to_text()}

    def restore(self, state: Mapping[str, Any], files: Mapping[str, str]) -> None:
        self.size = int(state["size"])
        self.vocabulary = Vocabulary.from_text(files[f"{self.name}.txt"])


def initial_rows(vocabulary: Vocabulary, source: Vectors) -> np.ndarray:
    """Pretrained vectors in the order of the ids, float32 `(ids, size)`; NaN where there is none.

    A token without a vector of its own takes that of its half-width, then of its lower-case form. The unknown
    id takes the file's vector for unknown tokens, else the mean of all.
    """
    place = {token: row for row, token in enumerate(source.tokens)}
    rows = np.full((len(vocabulary), source.size), np.nan, dtype=np.float32)
    for index, token in enumerate(vocabulary.tokens, FIRST):
        row = next((place[form] for form in _forms(token) if form in place), None)
        if row is not None:
            rows[index] = source.matrix[row]
    unknown = next((source.matrix[place[name]] for name in _UNKNOWN_NAMES if name in place), None)
    rows[UNKNOWN] = source.matrix.mean(axis=0) if unknown is None else unknown
    return rows


def _forms(token: str) -> tuple[str, ...]:
    return token, normalize(token, width=True), normalize(token, width=True, lower=True)
