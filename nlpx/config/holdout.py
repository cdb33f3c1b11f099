"""A dev split that is part of the training texts."""

from __future__ import annotations

from pydantic import Field

from nlpx.config.model import ConfigModel


class Holdout(ConfigModel):
    """Hold a share of the training texts out as dev, by hash of the normalised text."""

    holdout: float = Field(gt=0, lt=1, description="Share of the training texts, in (0, 1).")
