"""A pretrained transformer: BERT and its relatives, from the folder of a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, WrapValidator, model_validator

from nlpx.config.model import ConfigModel
from nlpx.config.paths import DataPath
from nlpx.encoders.base import EncoderConfig, Features, Summary, register
from nlpx.encoders.inputs.base import Input
from nlpx.encoders.inputs.units import Offsets, Splitter, UnitKind, Units, split_words

if TYPE_CHECKING:
    import keras

    from nlpx.encoders.pretrained.subwords import SubwordsInput

MODEL_FILES = (
    "config.json",
    "bert_config.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "tokenizer.json",
    "tokenizer_config.json",
)


class UnitsConfig(ConfigModel):
    """What a unit is; the checkpoint decides everything else about the input."""

    unit: UnitKind = Field(
        default="char", description="One vector per `char` or per `word`; offsets of the data overrule it."
    )
    splitter: Splitter = Field(
        default="regex",
        description="How texts without given words are split, for `unit: word`: regex, whitespace or jieba.",
    )


def _word_or_path(value: Any, handler: Any) -> Any:
    return value if value in ("all", "seen") else handler(value)


KeepTokens = Annotated[Literal["all", "seen"] | DataPath, WrapValidator(_word_or_path)]


@register
class BertConfig(EncoderConfig):
    """BERT, RoBERTa-wwm, MacBERT, ERNIE, ALBERT, ELECTRA, NEZHA or RoFormer, by its checkpoint."""

    type: Literal["bert"] = Field(default="bert", description="A pretrained transformer.")
    checkpoint: DataPath = Field(
        description="Folder of a Hugging Face model (config.json, model.safetensors, vocab.txt) or of a Google "
        "checkpoint (bert_config.json, vocab.txt, bert_model.ckpt.*)."
    )
    architecture: Literal["auto", "bert", "roberta", "ernie", "albert", "electra", "nezha", "roformer"] = (
        Field(default="auto", description="What the checkpoint is; auto asks its config.")
    )
    inputs: UnitsConfig = Field(default=UnitsConfig(), description="What a unit is.")
    lower_case: bool | None = Field(
        default=None,
        description="Fold case, and take accents off where the checkpoint does not say; null for what it says of case.",
    )
    split: Literal["wordpiece", "character"] = Field(
        default="wordpiece",
        description="wordpiece, as in pretraining; character: every character is a token, as most Chinese NER has it.",
    )
    keep_tokens: KeepTokens = Field(
        default="all",
        description="Which rows of the vocabulary to keep: all; seen, those of the training texts; or a file with a "
        "token a line.",
    )
    pooling: Literal["mean", "first"] = Field(
        default="mean", description="How the tokens of a unit become its vector."
    )
    state: int | Literal["mix"] = Field(
        default=-1,
        description="Which state: -1 is the last block's, 0 the embeddings'; mix learns a weighted mean of all.",
    )
    attention: Literal["bidirectional", "causal"] = Field(
        default="bidirectional", description="Who attends to whom."
    )
    dropout: float | None = Field(
        default=None, ge=0, lt=1, description="Share of units dropped in training; null for the checkpoint's."
    )
    attention_dropout: float | None = Field(
        default=None, ge=0, lt=1, description="Share of attention weights dropped; null for the checkpoint's."
    )
    learning_rate: float = Field(
        default=3e-5,
        ge=0,
        description="Peak learning rate of the pretrained weights; 0 freezes them. The rest of the network takes "
        "training.learning_rate; both follow training.schedule.",
    )
    layer_decay: float = Field(
        default=1.0, gt=0, le=1, description="Each block learns this many times as fast as the one above it."
    )
    recompute: bool = Field(
        default=False, description="Gradient checkpointing: a third more work, a fraction of the memory."
    )

    @model_validator(mode="after")
    def _state_is_whole(self) -> BertConfig:
        if isinstance(self.state, int) and self.state < -1:
            raise ValueError(f"state is {self.state}; wanted -1 (the last), 0 or more, or mix")
        return self

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
        from nlpx.layers.bert.unit_encoder import UnitEncoder

        part = _subwords(inputs)
        return UnitEncoder(
            part.layer(),
            pooling=self.pooling,
            state=self.state,
            attention=self.attention,
            learning_rate=self.learning_rate,
            layer_decay=self.layer_decay,
            summary=summary,
            pretrained=part.weights(),
            name="encoder",
        )

    def files(self) -> dict[str, Path]:
        found = {"checkpoint/" + path.name: path for path in model_files(self.checkpoint)}
        return {**(found or {"checkpoint": self.checkpoint / "vocab.txt"}), **self._token_file()}

    def _token_file(self) -> dict[str, Path]:
        return {"keep_tokens": self.keep_tokens} if isinstance(self.keep_tokens, Path) else {}

    def paths(self) -> set[str]:
        return {"checkpoint", *self._token_file()}


def model_files(folder: Path) -> list[Path]:
    """The files of a checkpoint that decide what it does."""
    if not folder.is_dir():
        return []
    named = [folder / name for name in MODEL_FILES]
    weights = [*folder.glob("*.safetensors"), *folder.glob("*.ckpt*.index"), *folder.glob("*.ckpt*.data-*")]
    return [path for path in [*named, *sorted(weights)] if path.is_file()]


def _subwords(inputs: Sequence[Input]) -> SubwordsInput:
    from nlpx.encoders.pretrained.subwords import SubwordsInput

    [part] = inputs
    assert isinstance(part, SubwordsInput)
    return part
