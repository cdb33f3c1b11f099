"""The section `cross_encoder:` of the model `nlpx`."""

from __future__ import annotations

from pydantic import Field

from nlpx.config.model import ConfigModel
from nlpx.config.training import PlainTrainingConfig, TrainingConfig
from nlpx.encoders.registry import EncoderConfigs


class CrossEncoderConfig(ConfigModel):
    """A network that reads a text and what is told about a candidate together; trees weigh what it says."""

    encoder: EncoderConfigs = Field(
        description="What reads them: a pretrained encoder, joined by [SEP], or any other, one behind the other."
    )
    candidates: int = Field(
        default=5, ge=1, le=64, description="Candidates of a span that are read: the likeliest so far."
    )
    least: float = Field(
        default=0.01,
        ge=0,
        lt=1,
        description="Candidates that are less probable so far are not read; most spans have none that is.",
    )
    spans: int = Field(
        default=4, ge=1, description="Spans of a text that an epoch looks at; linked ones come first."
    )
    max_length: int = Field(
        default=128, ge=32, description="Longer texts are cut into overlapping windows of so many characters."
    )
    entity_length: int = Field(
        default=128, ge=8, description="Characters of what is told about an entity that are read."
    )
    dropout: float = Field(
        default=0.1, ge=0, lt=1, description="Share of the units dropped before the score, in training."
    )
    folds: int = Field(
        default=2, ge=2, description="Networks trained for the scores of texts that they did not see."
    )
    training: PlainTrainingConfig = Field(
        default=TrainingConfig(
            epochs=2,
            batch_size=16,
            buckets=2,
            schedule="linear",
            warmup=0.1,
            weight_decay=0.01,
            clip_norm=1.0,
            patience=None,
        ),
        description="How the network is trained, with a batch of spans, each with its candidates; all epochs, for "
        "there is no dev split in the folds.",
    )
