"""A pretrained transformer: BERT and its relatives, from the folder of a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from nlpx.config.model import ConfigModel
from nlpx.encoders.base import EncoderConfig, Features, Summary, register
from nlpx.encoders.inputs.base import Input
from nlpx.encoders.inputs.units import Offsets, Splitter, UnitKind, Units, split_words
from nlpx.encoders.pretrained.config import CheckpointConfig

if TYPE_CHECKING:
    import keras

    from nlpx.encoders.pretrained.subwords import SubwordsInput


class UnitsConfig(ConfigModel):
    """What a unit is; the checkpoint decides everything else about the input."""

    unit: UnitKind = Field(
        default="char", description="One vector per `char` or per `word`; offsets of the data overrule it."
    )
    splitter: Splitter = Field(
        default="regex",
        description="How texts without given words are split, for `unit: word`: regex, whitespace or jieba.",
    )


@register
class BertConfig(CheckpointConfig, EncoderConfig):
    """BERT, RoBERTa-wwm, MacBERT, ERNIE, ALBERT, ELECTRA, NEZHA or RoFormer, by its checkpoint."""

    type: Literal["bert"] = Field(default="bert", description="A pretrained transformer.")
    inputs: UnitsConfig = Field(default=UnitsConfig(), description="What a unit is.")

    @property
    def unit(self) -> UnitKind:
        return self.inputs.unit

    def size(self, inputs: Sequence[Input]) -> int:
        architecture = _subwords(inputs).architecture
        assert architecture is not None, "fit or load comes first"
        return architecture.units

    def make_inputs(self) -> list[Input]:
        from nlpx.encoders.pretrained.subwords import SubwordsInput

        return [SubwordsInput(self)]

    def make_units(self, text: str, offsets: Offsets | None) -> Units:
        if offsets is None and self.inputs.unit == "word":
            offsets = split_words(text, self.inputs.splitter)
        return Units(text, offsets)

    def positions(self, inputs: Sequence[Input], units: Units) -> list[tuple[int, int]]:
        return _subwords(inputs).positions(units)

    @property
    def joins(self) -> bool:
        return True

    def pair_features(self, inputs: Sequence[Input], first: Units, second: Units) -> Features:
        return _subwords(inputs).pair_features(first, second)

    def pair_positions(
        self, inputs: Sequence[Input], first: Units, second: Units
    ) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        return _subwords(inputs).pair_positions(first, second)

    def make_network(self, inputs: Sequence[Input], summary: Summary = "no") -> keras.layers.Layer:
        return _subwords(inputs).unit_encoder(summary, name="encoder")

    def files(self) -> dict[str, Path]:
        return self.checkpoint_files()

    def paths(self) -> set[str]:
        return self.checkpoint_paths()


def _subwords(inputs: Sequence[Input]) -> SubwordsInput:
    from nlpx.encoders.pretrained.subwords import SubwordsInput

    [part] = inputs
    assert isinstance(part, SubwordsInput)
    return part
