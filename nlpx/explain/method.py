"""What a method is, and the one list of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from nlpx.errors import UsageError
from nlpx.explain.decision import Case
from nlpx.explain.door import Door
from nlpx.explain.explainer import Explainer

METHODS: dict[str, type[Method]] = {}
"""Class of each method by its name, in the order of registration."""

AUTO, ALL = "auto", "all"


@dataclass(frozen=True, slots=True)
class Scores:
    """What a method says about one case; see `Saliency` for the fields."""

    values: np.ndarray
    facts: dict[str, float | str] = field(default_factory=dict)
    parts: dict[str, np.ndarray] = field(default_factory=dict)


class Method(ABC):
    """One way to score the units of a text. A new one is a file with a subclass, named in `nlpx.explain.methods`.

    Attributes:
        name: what `--method` takes.
        summary: a line for the table of methods.
        signed: whether scores below zero speak against the target.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    signed: ClassVar[bool] = True

    def misfit(self, explainer: Explainer) -> str:
        """Why the method does not suit a predictor; empty where it does."""
        return ""

    @abstractmethod
    def score(self, explainer: Explainer, cases: Sequence[Case]) -> list[Scores]:
        """Scores of each case's units, in order."""


class NetworkMethod(Method):
    """A method that needs the gradients or states of a network."""

    def misfit(self, explainer: Explainer) -> str:
        return explainer.why_no_door if explainer.door is None else ""

    def score(self, explainer: Explainer, cases: Sequence[Case]) -> list[Scores]:
        assert explainer.door is not None, "misfit comes first"
        return self.look(explainer.door, explainer.seed, cases)

    @abstractmethod
    def look(self, door: Door, seed: int, cases: Sequence[Case]) -> list[Scores]:
        """Scores of each case's units, in order."""


def register(method: type[Method]) -> type[Method]:
    """Class decorator: make a method known by its name. A name taken is a ValueError."""
    if method.name in METHODS:
        raise ValueError(
            f"two methods are called {method.name!r}: {METHODS[method.name].__qualname__} and {method.__qualname__}"
        )
    METHODS[method.name] = method
    return method


def fitting(explainer: Explainer) -> list[str]:
    """Names of the methods that suit a predictor, the best first."""
    import nlpx.explain.methods  # noqa: F401 - registers them

    return [name for name, method in METHODS.items() if not method().misfit(explainer)]


def choose(explainer: Explainer, wanted: str = AUTO) -> list[Method]:
    """The methods of a name: one, the best that suits the predictor (auto), or every one that does (all).

    Raises:
        UsageError: there is no such method, or it does not suit the predictor; names those that do.
    """
    names = fitting(explainer)
    if wanted == ALL:
        return [METHODS[name]() for name in names]
    if wanted == AUTO:
        return [METHODS[names[0]]()]
    if wanted not in METHODS:
        from difflib import get_close_matches

        close = get_close_matches(wanted, METHODS, n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise UsageError(
            f"there is no method {wanted!r}", f"{hint}for this run there are: {', '.join(names)}"
        )
    method = METHODS[wanted]()
    reason = method.misfit(explainer)
    if reason:
        raise UsageError(f"{wanted} does not suit this run: {reason}", f"methods that do: {', '.join(names)}")
    return [method]
