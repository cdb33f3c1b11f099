"""A saliency map: how much each unit of a text speaks for one decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Saliency:
    """Scores of the units of one text for one decision of a model.

    Attributes:
        id, text: of the example; the text is raw.
        offsets: half-open characters of the text, one pair per unit.
        scores: `(units,)` float64; positive speaks for the target. `gradient` has no sign: all are >= 0.
        method: its name.
        target: the class, the span's label or the entity's id that is explained.
        probability: of the target, as the whole model says; None where it has none to say.
        span: where the decision is about a part of the text (a mention), half-open characters.
        facts: what else a reader must know: baseline, completeness gap, direction.
        parts: scores `(units,)` that the scores were made of, by name: the directions of `state_drop`.
    """

    id: str
    text: str
    offsets: tuple[tuple[int, int], ...]
    scores: np.ndarray
    method: str
    target: str
    probability: float | None
    span: tuple[int, int] | None = None
    facts: Mapping[str, float | str] = field(default_factory=dict)
    parts: Mapping[str, np.ndarray] = field(default_factory=dict)
