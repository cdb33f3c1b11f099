"""How a task that tags sequences turns an encoder's vectors into tags."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from nlpx.config.model import ConfigModel

_DECODING = (
    "decoding: the tag scheme's illegal sequences are never predicted; none: they may be, and are repaired when spans "
    "are read off."
)


class CRFConfig(ConfigModel):
    """A linear-chain CRF: scores whole tag sequences."""

    type: Literal["crf"] = Field(default="crf", description="Linear-chain conditional random field.")
    boundaries: bool = Field(
        default=True, description="Learn scores for the first and the last tag of a text."
    )
    constraints: Literal["none", "decoding", "training"] = Field(
        default="decoding", description=f"{_DECODING} training: they also get no probability while learning."
    )
    learning_rate_multiplier: float = Field(
        default=1.0,
        gt=0,
        description="How much faster the tag transitions learn than the rest, under Adam; 100 to 1000 for an "
        "encoder fine-tuned at about 1e-5.",
    )


class SoftmaxConfig(ConfigModel):
    """Every position by itself."""

    type: Literal["softmax"] = Field(default="softmax", description="A softmax per position.")
    constraints: Literal["none", "decoding"] = Field(default="decoding", description=_DECODING)


class MEMMConfig(ConfigModel):
    """A maximum-entropy Markov model: every position given the tag beside it; trains without a loop."""

    type: Literal["memm"] = Field(default="memm", description="Maximum-entropy Markov model.")
    bidirectional: bool = Field(
        default=True,
        description="Both the tag before and the tag after a position, averaged; false: the one before.",
    )
    rank: int | None = Field(
        default=None,
        ge=1,
        description="Rank of the transition matrix, for hundreds of tags; null for full rank.",
    )
    constraints: Literal["none", "decoding"] = Field(default="decoding", description=_DECODING)


HeadConfig = Annotated[CRFConfig | SoftmaxConfig | MEMMConfig, Field(discriminator="type")]
