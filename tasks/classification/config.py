"""The config of classification: one YAML file, every key described."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from nlpx.config.base import DataPath, ExperimentConfig
from nlpx.config.holdout import Holdout
from nlpx.config.model import ConfigModel
from nlpx.config.training import TrainingConfig
from nlpx.encoders.bilstm import BiLSTMConfig
from nlpx.encoders.registry import EncoderConfigs
from nlpx.tasks.classification.config_head import HeadConfig, LengthsConfig, LossConfig
from nlpx.tasks.classification.config_linear import JointConfig, TfidfConfig

Format = Literal["auto", "tsv", "csv", "json", "folders", "trees", "eraser", "opinions"]
Column = str | int | None


class DataConfig(ConfigModel):
    """Where the texts are and how to read them."""

    train: DataPath = Field(
        description="Labelled training texts: a file, or a folder with a folder per class."
    )
    dev: DataPath | Holdout | None = Field(
        default=None, description="Labelled texts that choose the epoch: a file, or {holdout: 0.1} of train."
    )
    test: DataPath | None = Field(default=None, description="Texts to submit; labels in it are only scored.")
    format: Format = Field(default="auto", description="File format; auto looks at the first line.")
    encoding: str = Field(
        default="auto", description="auto knows UTF-8, GB18030 and byte order marks; else a name, as big5."
    )
    header: bool | None = Field(
        default=None, description="Whether the first row of a table holds names; null to look."
    )
    text: Column = Field(default=None, description="Name or number of the text's column; null to find it.")
    pair: Column = Field(default=None, description="The second text's; null to find it, or for none.")
    label: Column = Field(default=None, description="The label's; null to find it.")
    id: Column = Field(default=None, description="The id's; null to find it, else texts are numbered.")
    separator: str = Field(
        default=",", min_length=1, description="Between several labels in a cell, where labels: several."
    )
    binary: bool = Field(
        default=True, description="Trees: negative and positive only, without what is neutral."
    )
    phrases: bool = Field(default=False, description="Trees: every phrase of a training text is a text too.")
    repeated: Literal["keep", "drop"] = Field(
        default="keep", description="What to do with training texts that dev or test hold too."
    )
    skip_bad: bool = Field(default=False, description="Drop and count unreadable lines instead of stopping.")

    @model_validator(mode="after")
    def _no_phrase_is_held_out(self) -> DataConfig:
        if self.phrases and isinstance(self.dev, Holdout):
            raise ValueError("phrases of held-out texts would be trained on; name a file as data.dev")
        return self


class NetworkConfig(ConfigModel):
    """A network: encoder, pooling, classes."""

    type: Literal["network"] = Field(default="network", description="The model's name.")


ModelConfigs = Annotated[NetworkConfig | TfidfConfig | JointConfig, Field(discriminator="type")]


class SubmissionConfig(ConfigModel):
    """The file to upload."""

    format: Literal["clue", "csv", "probabilities"] = Field(
        default="csv",
        description="clue: JSON lines of id and label; csv: id,label; probabilities: a column per class.",
    )
    codes: DataPath | None = Field(
        default=None,
        description="JSON lines of label and label_desc: submit the code of each label instead of its name.",
    )


class ClassificationConfig(ExperimentConfig):
    """Classification: one class, or several, for every text or pair of texts."""

    task: Literal["classification"] = Field(default="classification", description="The task's name.")
    data: DataConfig = Field(description="Where the texts are and how to read them.")
    labels: Literal["one", "several"] = Field(
        default="one", description="Whether a text has exactly one class or any number of them."
    )
    metric: Literal["auto", "accuracy", "f1", "macro_f1", "weighted_f1"] = Field(
        default="auto",
        description="What judges a run: auto is accuracy, and f1 (micro) where labels: several.",
    )
    model: ModelConfigs = Field(
        default=NetworkConfig(),
        description="network; tfidf: the linear baseline to beat; joint: both of them together.",
    )
    encoder: EncoderConfigs = Field(default=BiLSTMConfig(), description="The shared encoder.")
    head: HeadConfig = Field(default=HeadConfig(), description="From the encoder's vectors to classes.")
    loss: LossConfig = Field(default=LossConfig(), description="What is minimised.")
    lengths: LengthsConfig = Field(default=LengthsConfig(), description="How long texts are cut.")
    training: TrainingConfig = Field(default=TrainingConfig(), description="How the network is trained.")
    submission: SubmissionConfig = Field(default=SubmissionConfig(), description="The file to upload.")

    @property
    def several(self) -> bool:
        """Whether a text may have any number of classes."""
        return self.labels == "several"

    @property
    def joined(self) -> bool:
        """Whether the two texts of a pair, if texts come in pairs, are read as one sequence."""
        return self.head.pairs == "joined" or (self.head.pairs == "auto" and self.encoder.joins)

    @model_validator(mode="after")
    def _sections_fit(self) -> ClassificationConfig:
        # A resolved config names every section, so what counts is whether one differs from its default.
        unused = ("encoder", "head", "loss", "lengths", "training") if self.model.type == "tfidf" else ()
        changed = [key for key in unused if getattr(self, key) != type(self).model_fields[key].default]
        if changed:
            raise ValueError(f"model: tfidf does not use {', '.join(changed)}; remove it")
        if "cls" in self.head.pooling and self.encoder.type != "bert":
            raise ValueError("head.pooling: cls wants encoder.type: bert, which alone has such a vector")
        if self.head.pairs == "joined" and not self.encoder.joins:
            raise ValueError("head.pairs: joined wants encoder.type: bert; others read the texts apart")
        if self.several and self.metric == "accuracy":
            raise ValueError(
                "metric: accuracy wants labels: one; for several there are f1, macro_f1, weighted_f1"
            )
        if self.several and (self.loss.focus or self.loss.smoothing or self.loss.class_weights != "none"):
            raise ValueError("loss.focus, loss.smoothing and loss.class_weights want labels: one")
        return self
