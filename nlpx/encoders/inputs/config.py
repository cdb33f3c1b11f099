"""The `inputs:` section of an encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from nlpx.config.model import ConfigModel
from nlpx.encoders.inputs.affixes import AffixesConfig, AffixesInput
from nlpx.encoders.inputs.base import Input
from nlpx.encoders.inputs.bigrams import BigramsConfig, BigramsInput
from nlpx.encoders.inputs.lexicon import LexiconConfig, LexiconInput
from nlpx.encoders.inputs.segments import SegmentsConfig, SegmentsInput
from nlpx.encoders.inputs.tokens import TokensConfig, TokensInput
from nlpx.encoders.inputs.units import Splitter, UnitKind
from nlpx.encoders.inputs.vocabulary_input import VectorsConfig
from nlpx.encoders.inputs.word_sets import WordSetsConfig, WordSetsInput
from nlpx.encoders.inputs.words import WordsConfig, WordsInput
from nlpx.encoders.pretrained.config import CheckpointConfig
from nlpx.text.normalize import fold_table


def _switch(value: Any) -> Any:
    """`true` is a section with its defaults, `false` none."""
    if isinstance(value, bool):
        return {} if value else None
    return value


Switch = BeforeValidator(_switch)


class NormalizeConfig(ConfigModel):
    """How characters are folded before they are looked up; offsets never move."""

    width: bool = Field(
        default=False, description="Full-width and half-width forms become ordinary ones: Ａ is A, ， is ,."
    )
    lower: bool = Field(default=False, description="Upper case becomes lower case.")
    digits: bool = Field(default=False, description="All decimal digits become 0.")

    def table(self) -> np.ndarray:
        """Code point after folding for every code point."""
        return fold_table(self.width, self.lower, self.digits)


class InputsConfig(ConfigModel):
    """What the encoder sees of each character or word, and how much of it is dropped in training."""

    unit: UnitKind = Field(
        default="char", description="One vector per `char` or per `word`; offsets of the data overrule it."
    )
    splitter: Splitter = Field(
        default="regex",
        description="How texts without given words are split, for `unit: word`: regex, whitespace or jieba.",
    )
    normalize: NormalizeConfig = Field(
        default=NormalizeConfig(), description="Folding of characters before look-up."
    )
    tokens: TokensConfig = Field(default=TokensConfig(), description="Vectors of the units themselves.")
    bigrams: Annotated[BigramsConfig | None, Switch] = Field(
        default=None, description="Vectors of pairs of neighbouring units; `true` for the defaults."
    )
    affixes: Annotated[AffixesConfig | None, Switch] = Field(
        default=None,
        description="Vectors of how a word begins, ends and looks; `true` for the defaults.",
    )
    words: Annotated[WordsConfig | None, Switch] = Field(
        default=None, description="Vectors of the word a character is in; `true` for the defaults."
    )
    segments: Annotated[SegmentsConfig | None, Switch] = Field(
        default=None,
        description="Place in the word and part of speech, by a segmenter; `true` for the defaults.",
    )
    lexicon: Annotated[LexiconConfig | None, Switch] = Field(
        default=None,
        description="Places in all dictionary words around a character; `true` for the defaults.",
    )
    word_sets: WordSetsConfig | None = Field(
        default=None, description="Vectors of all words around a character; needs word vectors or raw text."
    )
    pretrained: CheckpointConfig | None = Field(
        default=None,
        description="What a pretrained transformer makes of a unit in its text; needs a checkpoint.",
    )
    token_dropout: float = Field(
        default=0.0, ge=0, lt=1, description="Share of whole vectors dropped in training."
    )
    dropout: float = Field(
        default=0.0, ge=0, lt=1, description="Share of single units of the vectors dropped in training."
    )

    @model_validator(mode="after")
    def _word_features_need_characters(self) -> InputsConfig:
        if self.unit == "word" and (self.words or self.segments or self.lexicon or self.word_sets):
            raise ValueError(
                "words, segments, lexicon and word_sets tell a character its words; wanted unit: char"
            )
        return self

    def make(self) -> list[Input]:
        """Fresh inputs, the units' own first."""
        tokens = TokensInput(self.tokens)
        inputs: list[Input] = [tokens]
        if self.words is not None:
            inputs.append(WordsInput(self.words, tokens))
        if self.bigrams is not None:
            inputs.append(BigramsInput(self.bigrams))
        if self.affixes is not None:
            inputs.append(AffixesInput(self.affixes))
        if self.segments is not None:
            inputs.append(SegmentsInput(self.segments))
        if self.lexicon is not None:
            inputs.append(LexiconInput(self.lexicon))
        if self.word_sets is not None:
            inputs.append(WordSetsInput(self.word_sets))
        if self.pretrained is not None:
            from nlpx.encoders.pretrained.subwords import SubwordsInput

            inputs.append(SubwordsInput(self.pretrained))
        return inputs

    def files(self) -> dict[str, Path]:
        """Every file that decides what the encoder sees, by its key below `inputs`."""
        found: dict[str, Path] = {}
        for name in ("tokens", "words", "bigrams"):
            section = getattr(self, name)
            if isinstance(section, VectorsConfig):
                found |= {f"{name}.{key}": path for key, path in section.files().items()}
        for label, lists in (self.lexicon.word_lists if self.lexicon else {}).items():
            found |= {f"lexicon.word_lists.{label}.{index}": path for index, path in enumerate(lists)}
        if self.word_sets is not None:
            found |= {f"word_sets.corpus.{index}": path for index, path in enumerate(self.word_sets.corpus)}
            if self.word_sets.vectors is not None:
                found["word_sets.vectors"] = self.word_sets.vectors
        if self.pretrained is not None:
            found |= {f"pretrained.{key}": path for key, path in self.pretrained.checkpoint_files().items()}
        return found

    def paths(self) -> set[str]:
        """Keys below `inputs` whose values are paths."""
        own = self.pretrained.checkpoint_paths() if self.pretrained is not None else set()
        return {*self.files(), *(f"pretrained.{key}" for key in own)}
