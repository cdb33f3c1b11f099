"""What decides how a tagger reads texts, besides encoder, head and training."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from nlpx.config.model import ConfigModel

Scheme = Literal["BIO", "IOB1", "BIOES", "BMES", "BMESO"]


class WindowConfig(ConfigModel):
    """Texts longer than `max_length` are cut into overlapping windows; nothing is lost."""

    max_length: int = Field(default=256, ge=8, description="Longest window, in characters or words.")
    overlap: int = Field(default=32, ge=0, description="Units that neighbouring windows share.")

    @model_validator(mode="after")
    def _overlap_fits(self) -> WindowConfig:
        if self.overlap * 2 >= self.max_length:
            raise ValueError("overlap must be less than half of max_length")
        return self
