"""Sections of `training` that are off unless they are given."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from nlpx.config.model import ConfigModel


class AdversarialConfig(ConfigModel):
    """Train on embeddings that were moved to where they hurt."""

    method: Literal["fgm", "gradient_penalty", "vat"] = Field(
        default="fgm",
        description="fgm: learn from the gradient at embeddings moved up the loss; gradient_penalty: keep the loss "
        "flat around them; vat: keep what is predicted the same around them.",
    )
    epsilon: float = Field(
        default=1.0,
        ge=0,
        description="Length of the move, over all embeddings of a batch together; for gradient_penalty its weight.",
    )


class LookaheadConfig(ConfigModel):
    """Slow weights that follow those of the optimiser every few steps."""

    steps: int = Field(default=5, ge=1, description="Optimiser steps between two moves of the slow weights.")
    share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="Share of the way that the slow weights go; the fast ones join them.",
    )
