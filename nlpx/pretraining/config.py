"""What `nlpx pretrain` reads: texts, vocabulary, architecture, objective, training."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from nlpx.config.base import ExperimentConfig
from nlpx.config.model import ConfigModel
from nlpx.config.paths import DataPath
from nlpx.config.training import TrainingConfig

PositiveInt = Annotated[int, Field(ge=1)]


class TextSource(ConfigModel):
    """Texts that are part of files with more in them."""

    path: DataPath = Field(
        description="A file, a folder with all files in it, or a pattern such as news/*.txt."
    )
    format: Literal["text", "jsonl", "table", "columns"] = Field(
        default="text",
        description="text: a paragraph a line; jsonl: `field` of each object; table: the column `field` of a .csv or "
        ".tsv; columns: a token a line in the first column, an empty line after each text.",
    )
    field: str = Field(
        default="text",
        description="Key or column that holds the text; a number, from 0, where a table has no header.",
    )
    first_character: bool = Field(
        default=False,
        description="With format columns, only the first character of each token (Weibo's 科0).",
    )
    without_holdout: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="Leave out the texts that a task with `dev: {holdout: SHARE}` of the same file judges by.",
    )
    repeat: PositiveInt = Field(
        default=1,
        description="Train on the texts this many times per pass; they judge, and count for the vocabulary, once.",
    )


class TextsConfig(ConfigModel):
    """What is read."""

    texts: list[DataPath | TextSource] = Field(
        description="Raw texts in UTF-8, UTF-16 or GB18030, also gzipped: files, folders or patterns, a paragraph a "
        "line; or sections that say more."
    )
    holdout: float = Field(
        default=0.005,
        gt=0,
        lt=1,
        description="Share of the paragraphs that is never trained on but judges, chosen by a hash of each.",
    )
    judged: PositiveInt = Field(default=512, description="Blocks of held-out text that are judged, at most.")


class VocabularyConfig(ConfigModel):
    """Where tokens come from, where no checkpoint brings its own."""

    file: DataPath | None = Field(default=None, description="A vocab.txt; null to count the training texts.")
    size: Annotated[int, Field(ge=128)] = Field(
        default=8000,
        description="Tokens at most: characters by frequency, alone and inside of words, then whole words and numbers.",
    )
    min_count: PositiveInt = Field(default=10, description="What is rarer in the texts is no token.")
    lower_case: bool = Field(default=True, description="Fold case and take accents off.")


class ModelConfig(ConfigModel):
    """Architecture of a model that starts from scratch."""

    type: Literal["bert", "roformer", "nezha"] = Field(
        default="roformer",
        description="bert: a vector per position; roformer: rotary positions, no longest text; nezha: distances.",
    )
    layers: PositiveInt = Field(default=4, description="Blocks.")
    units: PositiveInt = Field(default=256, description="Width of every block.")
    heads: PositiveInt = Field(default=4, description="Heads of the attention; units must be a multiple.")
    feed_forward: PositiveInt = Field(default=1024, description="Units inside the feed-forward parts.")
    activation: Literal["gelu", "gelu_new", "relu", "silu"] = Field(
        default="gelu", description="Between the two maps of the feed-forward parts."
    )
    positions: PositiveInt | None = Field(
        default=None,
        description="Rows of the table of positions of type bert; null for 512, or for a greater objective.length.",
    )
    vectors: Literal["counted", "random"] = Field(
        default="counted",
        description="Where the vectors of tokens start. counted: positive PMI with their neighbours in the texts, "
        "factorised, which takes seconds and saves minutes; random: numbers.",
    )

    @model_validator(mode="after")
    def _heads_fit(self) -> ModelConfig:
        if self.units % self.heads:
            raise ValueError(f"units is {self.units}; wanted a multiple of heads = {self.heads}")
        if self.type == "roformer" and self.units // self.heads % 2:
            raise ValueError(
                f"a head is {self.units // self.heads} wide; rotary positions want an even width"
            )
        return self


class ObjectiveConfig(ConfigModel):
    """What the model has to guess."""

    type: Literal["mlm", "lm", "unilm"] = Field(
        default="mlm",
        description="mlm: masked words; lm: each token from those before it; unilm: the second part of each block, "
        "from the first part and what stands before.",
    )
    length: Annotated[int, Field(ge=8)] = Field(
        default=128, description="Tokens of a block, special ones too."
    )
    share: float = Field(default=0.15, gt=0, lt=1, description="Share of the tokens that mlm asks for.")


class PretrainingSteps(ConfigModel):
    """How long and how fast; the keys mean what they mean in `training` of a task."""

    steps: PositiveInt = Field(
        default=20_000,
        description="Optimiser steps in all, over as many passes as it takes; rounded up to whole stretches.",
    )
    evaluate_every: PositiveInt = Field(
        default=500,
        description="Optimiser steps between two judgements; this stretch is an `epoch` of the log and of history.csv.",
    )
    batch_size: PositiveInt = Field(default=64, description="Blocks per batch.")
    accumulate: PositiveInt = Field(
        default=1, description="Batches per optimiser step; their gradients are averaged."
    )
    optimizer: Literal["adam", "lamb", "sgd"] = Field(
        default="adam", description="Update rule; adam with weight_decay is AdamW; lamb is for large batches."
    )
    learning_rate: float = Field(default=1e-3, gt=0, description="Peak learning rate.")
    schedule: Literal["constant", "linear", "cosine"] = Field(
        default="linear", description="How the rate goes from its peak to final_learning_rate."
    )
    warmup: float = Field(default=0.05, ge=0, lt=1, description="Share of the steps in which the rate rises.")
    final_learning_rate: float = Field(default=0.0, ge=0, description="Rate at the last step.")
    weight_decay: float = Field(
        default=0.01,
        ge=0,
        description="Decoupled weight decay per step, times the rate; not for biases and norms.",
    )
    clip_norm: float | None = Field(
        default=1.0, gt=0, description="Largest global norm of gradients; null for any."
    )
    dropout: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="In the blocks. A small model on much text needs none; tasks have a key of their own.",
    )
    jit_compile: bool | None = Field(default=None, description="Compile with XLA; null for what is fastest.")
    precision: Literal["float32", "mixed_bfloat16"] = Field(
        default="float32", description="mixed_bfloat16 pays on CPUs with AVX512_BF16 and on GPUs."
    )
    checkpoint_seconds: float = Field(
        default=300.0,
        ge=0,
        description="Seconds between two checkpoints at least; a killed run loses so much at most.",
    )
    devices: Literal["one", "all"] = Field(
        default="one",
        description="all: every local GPU, or every virtual device, takes a part of each batch.",
    )

    @property
    def stretches(self) -> int:
        """Judgements in all: what the training loop calls epochs."""
        return -(-self.steps // self.evaluate_every)

    @property
    def batches(self) -> int:
        """Batches between two judgements."""
        return min(self.steps, self.evaluate_every) * self.accumulate

    def as_training(self) -> TrainingConfig:
        """The same for the loop that every task uses."""
        shared = TrainingConfig.model_fields.keys() & type(self).model_fields.keys()
        values = {name: getattr(self, name) for name in shared}
        return TrainingConfig(**values, epochs=self.stretches, patience=None)


class PretrainingConfig(ExperimentConfig):
    """Pretraining of a transformer on raw text."""

    task: Literal["pretraining"] = Field(default="pretraining", description="No task, but pretraining.")
    data: TextsConfig = Field(description="Raw texts.")
    vocabulary: VocabularyConfig = Field(default=VocabularyConfig(), description="Tokens.")
    model: ModelConfig = Field(default=ModelConfig(), description="Architecture.")
    checkpoint: DataPath | None = Field(
        default=None,
        description="Folder of a checkpoint to go on from, with its architecture and vocabulary; null to start afresh.",
    )
    objective: ObjectiveConfig = Field(default=ObjectiveConfig(), description="What is to be guessed.")
    training: PretrainingSteps = Field(default=PretrainingSteps(), description="Steps and rates.")
    float16: bool = Field(
        default=False,
        description="Write the weights in 16 bits: half the size, and the same within a thousandth.",
    )

    @model_validator(mode="after")
    def _positions_suffice(self) -> PretrainingConfig:
        given, length = self.model.positions, self.objective.length
        if self.checkpoint is None and self.model.type == "bert" and given is not None and given < length:
            raise ValueError(
                f"model.positions is {given} and objective.length {length}; "
                "wanted as many positions at least, or shorter blocks"
            )
        return self
