"""What a task tells the methods about one of its predictors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from nlpx.explain.decision import Decision, Variant
from nlpx.explain.gradient_model import GradientModel
from nlpx.explain.units import Offsets

PREDICTED, GOLD = "predicted", "gold"
"""What `target` may be besides a name."""


class Explainer(ABC):
    """The decisions of one predictor, and the ways to look into them.

    A new task writes one of these and has every method; a new method asks for nothing more than this.

    Attributes:
        seed: the experiment's; methods that draw numbers derive them from it and the text.
        network: its network, for methods that want gradients or states; None where there is none.
        why_no_network: why, for the message that refuses a method.
    """

    seed: int = 0
    network: GradientModel | None = None
    why_no_network: str = "it is no network, so it has no gradients"

    @abstractmethod
    def decisions(self, examples: Sequence[Any], target: str = PREDICTED) -> list[list[Decision]]:
        """What to explain of each example.

        Args:
            target: predicted, gold, or the name of a class.

        Raises:
            UsageError: there is no such class, or the examples have no gold one.
        """

    @abstractmethod
    def probabilities(self, variants: Sequence[Variant]) -> np.ndarray:
        """Probability of each variant's target `(variants,)`, by the whole model, from what is left of the text."""

    def log_odds(self, variants: Sequence[Variant]) -> np.ndarray:
        """log p / (1 - p) of each variant's target `(variants,)`, as exactly as the model tells it.

        Infinite where p is 0 or 1. A model that has logits gives them here, because probabilities round to 1 long
        before their log-odds end.
        """
        found = np.asarray(self.probabilities(variants), np.float64)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(found) - np.log1p(-found))

    def words(self, example: Any) -> Offsets | None:
        """The words that the model reads of an example; None where it reads characters."""
        return None

    def rationale(self, example: Any) -> Sequence[tuple[int, int]] | None:
        """Half-open characters that people marked as the reason; None where nobody did."""
        return None
