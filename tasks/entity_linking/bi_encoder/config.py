"""The section `bi_encoder:` of the model `nlpx`."""

from __future__ import annotations

from pydantic import Field, model_validator

from nlpx.config.model import ConfigModel
from nlpx.config.training import PlainTrainingConfig, TrainingConfig
from nlpx.encoders.inputs.config import InputsConfig, NormalizeConfig
from nlpx.encoders.inputs.tokens import TokensConfig
from nlpx.encoders.registry import DGCNNConfig, LightEncoderConfigs

READER = DGCNNConfig(units=64, dilations=[1, 2], dropout=0.3)


class BiEncoderConfig(ConfigModel):
    """A network that compares mentions with what is told about entities; trees take what it says as a feature."""

    encoder: LightEncoderConfigs = Field(
        default=READER.model_copy(
            update={
                "inputs": InputsConfig(
                    tokens=TokensConfig(size=64, min_count=2, unknown_rate=0.05),
                    normalize=NormalizeConfig(width=True, lower=True),
                    dropout=0.3,
                    token_dropout=0.2,
                )
            }
        ),
        description="The shared encoder that reads the texts.",
    )
    entity_encoder: LightEncoderConfigs = Field(
        default=READER,
        description="What reads the entities, a light convolution by default; its inputs are those of `encoder`.",
    )
    size: int = Field(default=64, ge=1, description="Size of the vectors of mentions and entities.")
    entity_length: int = Field(
        default=80, ge=8, description="Characters of what is told about an entity that are read."
    )
    max_length: int = Field(
        default=512, ge=32, description="Longer texts are cut into overlapping windows of so many characters."
    )
    spans: int = Field(
        default=4, ge=1, description="Spans of a text that a training step looks at; linked ones come first."
    )
    candidates: int = Field(
        default=6,
        ge=1,
        description="Candidates of a span that a training step compares; right ones come first.",
    )
    contrast: float = Field(
        default=1.0,
        ge=0,
        description="Weight of telling a linked mention's entity from all others of the batch.",
    )
    own_texts: float = Field(
        default=0.5,
        ge=0,
        description="Further training texts, made of what is told about entities, as a multiple of the given ones.",
    )
    against_nil: bool = Field(
        default=False,
        description="Tell the trees how candidates compare with none of them, too; helps where new texts are phrased "
        "like the training texts.",
    )
    folds: int = Field(
        default=2, ge=2, description="Networks trained for the scores of texts that they did not see."
    )
    training: PlainTrainingConfig = Field(
        default=TrainingConfig(
            epochs=10,
            batch_size=64,
            buckets=2,
            learning_rate=3e-3,
            schedule="linear",
            ema=0.98,
            patience=None,
        ),
        description="How the network is trained; all epochs, for there is no dev split in the folds.",
    )

    @model_validator(mode="after")
    def _entities_have_no_inputs(self) -> BiEncoderConfig:
        if self.entity_encoder.inputs != InputsConfig():
            raise ValueError("entity_encoder has the inputs of encoder; remove entity_encoder.inputs")
        return self
