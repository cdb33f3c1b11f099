"""The config of the stacker."""

from __future__ import annotations

from pydantic import Field

from nlpx.config.model import ConfigModel


class StackerConfig(ConfigModel):
    """Boosted trees over all features and scores."""

    trees: int = Field(
        default=200, ge=1, description="At most so many trees; fewer where held-out texts say so."
    )
    leaves: int = Field(default=31, ge=2, le=256, description="Leaves of a tree.")
    learning_rate: float = Field(default=0.08, gt=0, le=1, description="Share of each tree that is added.")
    min_rows: int = Field(default=20, ge=1, description="Rows that a leaf needs at least.")
    l2: float = Field(default=1.0, ge=0, description="Draws the leaves to 0.")
    columns: float = Field(
        default=0.5, gt=0, le=1, description="Share of the features that a split may choose among."
    )
    folds: int = Field(
        default=4,
        ge=2,
        description="Parts held out in turn, to choose the number of trees and to calibrate.",
    )
