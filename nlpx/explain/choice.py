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


def choose(explainer: Explainer, wanted: str = AUTO) -> list[Method]:
    """The methods of a name: one, the first that suits the predictor (auto), or every one that does (all).

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
            f"there is no method {wanted!r}", f"{hint}methods for this run: {', '.join(names)}; all; auto"
        )
    method = METHODS[wanted]()
    reason = method.misfit(explainer)
    if reason:
        raise UsageError(f"{wanted} does not suit this run: {reason}", f"methods that do: {', '.join(names)}")
    return [method]
