"""Which methods suit a predictor."""

from __future__ import annotations

from nlpx.errors import UsageError
from nlpx.explain.explainer import Explainer
from nlpx.explain.method import Method
from nlpx.explain.methods import METHODS

AUTO, ALL = "auto", "all"


def fitting(explainer: Explainer) -> list[str]:
    """Names of the methods that suit a predictor, in the order of `METHODS`."""
    return [name for name, method in METHODS.items() if not method().misfit(explainer)]


def choose(explainer: Explainer, *wanted: str) -> list[Method]:
    """The methods of names, each once: a name itself, the first that suits the predictor (auto), all that do (all).

    Raises:
        UsageError: there is no such method, or it does not suit the predictor; names those that do.
    """
    suited = fitting(explainer)
    names = [name for one in wanted or (AUTO,) for name in _meant(explainer, one, suited)]
    return [METHODS[name]() for name in dict.fromkeys(names)]


def _meant(explainer: Explainer, wanted: str, suited: list[str]) -> list[str]:
    if wanted == ALL:
        return suited
    if wanted == AUTO:
        return suited[:1]
    if wanted not in METHODS:
        from difflib import get_close_matches

        close = get_close_matches(wanted, METHODS, n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise UsageError(
            f"there is no method {wanted!r}", f"{hint}methods for this run: {', '.join(suited)}; all; auto"
        )
    reason = METHODS[wanted]().misfit(explainer)
    if reason:
        raise UsageError(
            f"{wanted} does not suit this run: {reason}", f"methods that do: {', '.join(suited)}"
        )
    return [wanted]
