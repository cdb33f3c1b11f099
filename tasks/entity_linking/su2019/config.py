"""The sections `model: {type: baseline}` and `model: {type: su2019}`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from nlpx.config.model import ConfigModel
from nlpx.config.training import PlainTrainingConfig, TrainingConfig
from nlpx.encoders.inputs.config import InputsConfig, NormalizeConfig
from nlpx.encoders.inputs.tokens import TokensConfig
from nlpx.encoders.inputs.words import WordsConfig
from nlpx.encoders.registry import BiLSTMConfig, LightEncoderConfigs

MatchFeature = Literal["mention", "characters", "words", "objects"]

FOLDED = NormalizeConfig(width=True, lower=True)
CHARACTERS = TokensConfig(size=128, min_count=2)


class PointerLinkerConfig(ConfigModel):
    """What both of Su's networks have."""

    whole_words: bool = Field(
        default=True,
        description="Leave out matches inside words that are written with blanks, as art in heart.",
    )
    description: int = Field(
        default=256, ge=1, description="Characters of what is told about an entity that are read."
    )
    candidates: int = Field(
        default=100, ge=1, description="Candidates of a mention that are looked at, the most likely ones."
    )
    positives: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="Share of the right one among the candidates drawn in training; null draws evenly, as Su did.",
    )
    threshold: float = Field(
        default=0.5, gt=0, lt=1, description="Probability from which on a mention starts or ends somewhere."
    )
    reject: float = Field(
        default=0.0, ge=0, lt=1, description="Drop a mention whose best candidate scores less than this."
    )
    dropout: float = Field(
        default=0.2, ge=0, lt=1, description="Share of units dropped before candidates are judged."
    )
    max_length: int = Field(
        default=512, ge=32, description="Longer texts are cut into overlapping windows of so many characters."
    )


class BaselineConfig(PointerLinkerConfig):
    """Rung 3: Su's baseline. A network alone finds the mentions, and compares them with what is told of entities."""

    type: Literal["baseline"] = Field(default="baseline", description="The model's name.")
    encoder: LightEncoderConfigs = Field(
        default=BiLSTMConfig(
            units=64,
            layers=2,
            dropout=0.0,
            inputs=InputsConfig(tokens=CHARACTERS, normalize=FOLDED, dropout=0.2),
        ),
        description="The shared encoder; texts and descriptions share its vectors, each has its own layers.",
    )
    training: PlainTrainingConfig = Field(
        default=TrainingConfig(epochs=40, batch_size=64), description="How the network is trained."
    )


class Su2019Config(PointerLinkerConfig):
    """Rung 4: Su's final model. A pruned dictionary says where mentions may be; overlaps say which entity is meant."""

    type: Literal["su2019"] = Field(default="su2019", description="The model's name.")
    gate: bool = Field(
        default=True, description="Only what maximum matching finds starts and ends can be a mention's."
    )
    match_flags: bool = Field(
        default=True, description="Tell the network where maximum matches start and end."
    )
    prune_ratio: float | None = Field(
        default=5.0,
        gt=0,
        description="Leave out names where (texts without a link + 1) / (texts with one + 1) is at least this; "
        "null for none.",
    )
    min_links: int | None = Field(
        default=2,
        ge=1,
        description="Choose among what the training texts link a surface to at least this often, where there is "
        "such a thing; null for all candidates.",
    )
    features: list[MatchFeature] = Field(
        default=["mention", "characters", "words", "objects"],
        description="What a character is told of a candidate: in the mention; in its description; its word in it; "
        "in a value of its attributes.",
    )
    threshold: float = Field(
        default=0.4, gt=0, lt=1, description="Probability from which on a mention starts or ends somewhere."
    )
    reject: float = Field(
        default=0.1, ge=0, lt=1, description="Drop a mention whose best candidate scores less than this."
    )
    encoder: LightEncoderConfigs = Field(
        default=BiLSTMConfig(
            units=64,
            dropout=0.0,
            inputs=InputsConfig(
                tokens=CHARACTERS, words=WordsConfig(size=128), normalize=FOLDED, dropout=0.2
            ),
        ),
        description="The shared encoder; `inputs.words` mixes words into characters, null for none.",
    )
    training: PlainTrainingConfig = Field(
        default=TrainingConfig(epochs=120, batch_size=64, ema=0.9999, ema_debias=False, patience=None),
        description="How the network is trained; `ema` averages its weights.",
    )
