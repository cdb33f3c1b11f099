"""How a pretrained transformer is taken from the folder of its checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, WrapValidator, model_validator

from nlpx.config.model import ConfigModel
from nlpx.config.paths import DataPath

MODEL_FILES = (
    "config.json",
    "bert_config.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "tokenizer.json",
    "tokenizer_config.json",
)


def _word_or_path(value: Any, handler: Any) -> Any:
    return value if value in ("all", "seen") else handler(value)


KeepTokens = Annotated[Literal["all", "seen"] | DataPath, WrapValidator(_word_or_path)]


class CheckpointConfig(ConfigModel):
    """A pretrained transformer, and what of it is used."""

    checkpoint: DataPath = Field(
        description="Folder of a Hugging Face model (config.json, model.safetensors, vocab.txt) or of a Google "
        "checkpoint (bert_config.json, vocab.txt, bert_model.ckpt.*)."
    )
    architecture: Literal["auto", "bert", "roberta", "ernie", "albert", "electra", "nezha", "roformer"] = (
        Field(default="auto", description="What the checkpoint is; auto asks its config.")
    )
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
    def _state_is_whole(self) -> Self:
        if isinstance(self.state, int) and self.state < -1:
            raise ValueError(f"state is {self.state}; wanted -1 (the last), 0 or more, or mix")
        return self

    def checkpoint_files(self) -> dict[str, Path]:
        """Every file that decides what it does, by its key below this section."""
        found = {"checkpoint/" + path.name: path for path in model_files(self.checkpoint)}
        return {**(found or {"checkpoint": self.checkpoint / "vocab.txt"}), **self._token_file()}

    def _token_file(self) -> dict[str, Path]:
        return {"keep_tokens": self.keep_tokens} if isinstance(self.keep_tokens, Path) else {}

    def checkpoint_paths(self) -> set[str]:
        """Keys whose values are paths."""
        return {"checkpoint", *self._token_file()}


def model_files(folder: Path) -> list[Path]:
    """The files of a checkpoint that decide what it does."""
    if not folder.is_dir():
        return []
    named = [folder / name for name in MODEL_FILES]
    weights = [*folder.glob("*.safetensors"), *folder.glob("*.ckpt*.index"), *folder.glob("*.ckpt*.data-*")]
    return [path for path in [*named, *sorted(weights)] if path.is_file()]
