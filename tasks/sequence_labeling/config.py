"""The config of sequence labeling: one YAML file, every key described."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from nlpx.config.base import DataPath, ExperimentConfig
from nlpx.config.heads import CRFConfig, HeadConfig
from nlpx.config.holdout import Holdout
from nlpx.config.model import ConfigModel
from nlpx.config.training import TrainingConfig
from nlpx.encoders.bilstm import BiLSTMConfig
from nlpx.encoders.registry import EncoderConfigs
from nlpx.tagging.config import Scheme, WindowConfig

Format = Literal["auto", "columns", "cluener", "spans"]


class DataConfig(ConfigModel):
    """Where the texts are and how to read them."""

    train: DataPath = Field(description="Labelled training texts.")
    dev: DataPath | Holdout | None = Field(
        default=None, description="Labelled texts that choose the epoch: a file, or {holdout: 0.1} of train."
    )
    test: DataPath | None = Field(default=None, description="Texts to submit; labels in it are only scored.")
    format: Format = Field(default="auto", description="File format; auto looks at the first lines.")
    scheme: Scheme | Literal["auto"] = Field(default="auto", description="Tag scheme of column files.")
    unit: Literal["auto", "char", "word"] = Field(
        default="auto", description="What a token of a column file is; auto counts token lengths."
    )
    text_column: int = Field(default=0, description="Column of the token in column files; -1 is the last.")
    tag_column: int = Field(default=-1, description="Column of the tag in column files; -1 is the last.")
    skip_bad: bool = Field(default=False, description="Drop and count unreadable lines instead of stopping.")


class SubmissionConfig(ConfigModel):
    """The file to upload."""

    format: Literal["cluener", "columns", "spans"] = Field(
        default="spans", description="Format of the submission."
    )


class CRFSuiteConfig(ConfigModel):
    """The feature CRF of `model: crfsuite`: window-2 character n-grams, trained by L-BFGS."""

    c1: float = Field(default=0.05, ge=0, description="L1 penalty.")
    c2: float = Field(default=0.01, ge=0, description="L2 penalty.")
    max_iterations: int = Field(default=100, ge=1, description="L-BFGS iterations.")


class SequenceLabelingConfig(ExperimentConfig):
    """Sequence labeling: spans with labels in texts."""

    task: Literal["sequence_labeling"] = Field(default="sequence_labeling", description="The task's name.")
    data: DataConfig = Field(description="Where the texts are and how to read them.")
    model: Literal["neural", "crfsuite"] = Field(
        default="neural", description="neural: encoder + head; crfsuite: feature CRF, the baseline to beat."
    )
    scheme: Scheme = Field(default="BIOES", description="Tag scheme the model works in.")
    encoder: EncoderConfigs = Field(default=BiLSTMConfig(), description="The shared encoder.")
    head: Annotated[HeadConfig, Field(description="What turns vectors into tags.")] = CRFConfig()
    windows: WindowConfig = Field(default=WindowConfig(), description="How long texts are cut.")
    training: TrainingConfig = Field(default=TrainingConfig(), description="How the network is trained.")
    crfsuite: CRFSuiteConfig = Field(default=CRFSuiteConfig(), description="Used by model: crfsuite only.")
    submission: SubmissionConfig = Field(default=SubmissionConfig(), description="The file to upload.")

    @model_validator(mode="after")
    def _sections_fit_the_model(self) -> SequenceLabelingConfig:
        # A resolved config names every section, so what counts is whether one differs from its default.
        unused = ("encoder", "head", "windows") if self.model == "crfsuite" else ("crfsuite",)
        changed = [key for key in unused if getattr(self, key) != type(self).model_fields[key].default]
        if changed:
            raise ValueError(f"model: {self.model} does not use {', '.join(changed)}; remove it")
        return self
