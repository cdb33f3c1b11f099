"""A stretch of a text that is tagged as one sequence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Sentence:
    """Units of a text in a row, and the names of their features.

    Attributes:
        offsets: half-open characters of the text that each unit covers; at least one.
        features: (units, names).
    """

    offsets: list[tuple[int, int]]
    features: list[list[str]]
