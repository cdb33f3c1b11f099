"""What is explained, and the texts with parts left out that black-box methods ask about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from nlpx.explain.units import Units


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a model about one text.

    Attributes:
        example: the task's own, with everything the model looks at besides the text.
        target: name of what was decided for, or is asked about.
        probability: of the target.
        column: where the target stands among the model's outputs.
        span: the part of the text that the decision is about.
    """

    example: Any
    id: str
    text: str
    target: str
    probability: float | None
    column: int = 0
    span: tuple[int, int] | None = None


class Case(NamedTuple):
    """A decision and the units that get the scores."""

    decision: Decision
    units: Units


class Variant(NamedTuple):
    """The text of a decision without some of its characters.

    Attributes:
        kept: `(characters,)` bool.
    """

    decision: Decision
    kept: np.ndarray

    @property
    def text(self) -> str:
        """What is left."""
        edges = np.flatnonzero(np.diff(self.kept, prepend=False, append=False)).tolist()
        whole = self.decision.text
        return "".join(whole[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """Where characters `[start, end)` of the whole text stand in what is left; empty where none is."""
        before = int(self.kept[:start].sum())
        return before, before + int(self.kept[start:end].sum())
