"""What a method is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from nlpx.explain.decision import Case
from nlpx.explain.explainer import Explainer
from nlpx.explain.gradient_model import GradientModel
from nlpx.explain.legend import SIGNED, Legend


@dataclass(frozen=True, slots=True)
class Scores:
    """What a method says about one case; see `Saliency` for the fields."""

    values: np.ndarray
    facts: dict[str, float | str] = field(default_factory=dict)
    parts: dict[str, np.ndarray] = field(default_factory=dict)


class Method(ABC):
    """One way to score the units of a text. A new one is a file with a subclass, and a line in
    `nlpx.explain.methods`.

    Attributes:
        name: what `--method` takes.
        summary: a line for the table of methods.
        signed: whether scores below zero speak against the target.
        legend: what its colours say.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    signed: ClassVar[bool] = True
    legend: ClassVar[Legend] = SIGNED

    def misfit(self, explainer: Explainer) -> str:
        """Why the method does not suit a predictor; empty where it does."""
        return ""

    @abstractmethod
    def score(self, explainer: Explainer, cases: Sequence[Case]) -> list[Scores]:
        """Scores of each case's units, in order."""


class NetworkMethod(Method):
    """A method that needs the gradients or states of a network."""

    def misfit(self, explainer: Explainer) -> str:
        return explainer.why_no_network if explainer.network is None else ""

    def score(self, explainer: Explainer, cases: Sequence[Case]) -> list[Scores]:
        assert explainer.network is not None, "misfit comes first"
        return self.look(explainer.network, explainer.seed, cases)

    @abstractmethod
    def look(self, network: GradientModel, seed: int, cases: Sequence[Case]) -> list[Scores]:
        """Scores of each case's units, in order."""
