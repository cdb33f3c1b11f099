"""The keys that every experiment has, whatever its task."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from nlpx.config.model import ConfigModel
from nlpx.config.paths import DataPath

__all__ = ["DataPath", "ExperimentConfig", "slug"]

MAX_NAME_BYTES = 100
DEFAULT_NAME = "run"


def slug(text: str) -> str:
    """A text made fit for the name of a folder: letters of any script, digits, `.`, `_` and `-`."""
    kept = re.sub(r"[^\w.-]+", "-", text).strip("-._")
    return kept.encode()[:MAX_NAME_BYTES].decode(errors="ignore").strip("-._") or DEFAULT_NAME


def _check_name(name: str) -> str:
    if name != slug(name):
        raise PydanticCustomError(
            "name",
            "came {name}; wanted letters, digits, '.', '_', '-', ≤ {most} bytes; did you mean {slug}?",
            {"name": repr(name[:40]), "most": MAX_NAME_BYTES, "slug": slug(name)},
        )
    return name


class ExperimentConfig(ConfigModel):
    """What every experiment says; a task adds its own sections."""

    task: str = Field(description="Name of the task; decides which other keys there are.")
    name: Annotated[str, AfterValidator(_check_name)] = Field(
        DEFAULT_NAME,
        description="Short name of the experiment, part of the run's name; by default the YAML's file name.",
    )
    seed: int = Field(0, ge=0, lt=2**32, description="All randomness derives from it.")
