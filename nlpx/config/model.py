"""What every section of a config has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ConfigModel(BaseModel):
    """A section of a config: unknown keys are refused, values never change, numbers are finite.

    Every field carries a description; it becomes the comment in a starter file, the hint in an editor and a
    part of the error when the key is missing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True)
