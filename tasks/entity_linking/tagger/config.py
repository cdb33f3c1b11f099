"""The `tagger:` section: what finds mentions by reading, whether or not they are names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from nlpx.config.heads import CRFConfig, HeadConfig
from nlpx.config.model import ConfigModel
from nlpx.config.training import TrainingConfig
from nlpx.encoders.bilstm import BiLSTMConfig
from nlpx.encoders.registry import EncoderConfigs
from nlpx.tagging.config import Scheme, WindowConfig


class FeatureCRFConfig(ConfigModel):
    """A CRF over named features: words or characters around a position, names, dictionaries, link counts."""

    l2: float = Field(default=1.0, gt=0, description="Penalty on large weights.")
    iterations: int = Field(default=80, ge=1, description="L-BFGS iterations at most.")
    min_count: int = Field(default=2, ge=1, description="Features that fewer positions have are left out.")


class NetworkConfig(ConfigModel):
    """An encoder with a head, as in sequence labeling."""

    encoder: EncoderConfigs = Field(default=BiLSTMConfig(), description="The shared encoder.")
    head: Annotated[HeadConfig, Field(description="What turns vectors into tags.")] = CRFConfig()
    training: TrainingConfig = Field(default=TrainingConfig(), description="How the network is trained.")
    windows: WindowConfig = Field(default=WindowConfig(), description="How long texts are cut.")

    @property
    def scheme(self) -> Scheme:
        """The one in which a span's probability is that of a single path."""
        return "BIOES"


class TaggerConfig(ConfigModel):
    """What finds mentions by reading. Where there are both, a span's probability is their mean."""

    unit: Literal["char", "word"] = Field(
        default="char", description="What carries a tag: characters, or words as in English."
    )
    features: FeatureCRFConfig | None = Field(
        default=FeatureCRFConfig(), description="A CRF over named features; null for none."
    )
    network: NetworkConfig | None = Field(default=None, description="A network; null for none.")
    least: float = Field(
        default=0.02, gt=0, lt=1, description="Spans that are less probable are not proposed."
    )
    agreement: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="How much a span's probability is drawn to the mean of its surface in the text; for long texts.",
    )
    folds: int = Field(
        default=5,
        ge=2,
        description="Taggers trained to tag the training texts out of fold, for what learns from their spans.",
    )

    @model_validator(mode="after")
    def _something(self) -> TaggerConfig:
        if self.features is None and self.network is None:
            raise ValueError("a tagger needs features, network or both")
        if self.network is not None and self.network.encoder.inputs.unit != self.unit:
            raise ValueError("tagger.unit and tagger.network.encoder.inputs.unit differ")
        return self

    def files(self) -> dict[str, Path]:
        """Every file that decides the outcome, by its key below `tagger`."""
        if self.network is None:
            return {}
        return {f"network.encoder.{key}": path for key, path in self.network.encoder.files().items()}


class MentionsConfig(ConfigModel):
    """Finds mentions and does not link them, for data that say where mentions are and not what they mean."""

    type: Literal["mentions"] = Field(default="mentions", description="The model's name.")
    tagger: TaggerConfig = Field(default=TaggerConfig(), description="What finds mentions by reading.")
    threshold: float = Field(
        default=0.4,
        ge=0,
        le=1,
        description="Probability that mentions must have; half of the F1 one hopes for is best for F1.",
    )
