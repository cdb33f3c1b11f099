"""What the two colours of a map say: it depends on the method."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Legend(NamedTuple):
    """The words beside a method's colours.

    Attributes:
        above, below: of scores above and below zero; `below` is empty where there are none.
        short: both in a word, as they stand before lines of digits.
    """

    above: str
    below: str
    short: tuple[str, str]


SIGNED = Legend("speaks for what was decided", "against it", ("for", "against"))


def legend_of(method: str) -> Legend:
    """The legend of a method by its name."""
    from nlpx.explain.methods import METHODS

    return METHODS[method].legend if method in METHODS else SIGNED


def legends(methods: Iterable[str]) -> list[tuple[Legend, str]]:
    """Each legend that some methods need, once, with the names of those that share it."""
    names: dict[Legend, list[str]] = {}
    for method in dict.fromkeys(methods):
        names.setdefault(legend_of(method), []).append(method)
    return [(legend, ", ".join(own)) for legend, own in names.items()]
