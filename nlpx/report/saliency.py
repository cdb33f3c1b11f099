"""Saliency on the page: maps of the examples that matter most, and the words that speak for each class.

Both are held to a budget of characters rather than of seconds, so that the same run gives the same page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from nlpx.errors import NlpxError
from nlpx.explain.choice import AUTO, choose
from nlpx.explain.explain import explain_with
from nlpx.explain.explainer import Explainer
from nlpx.explain.html import heat
from nlpx.explain.saliency import Saliency
from nlpx.report.content import Item, Judged
from nlpx.report.templating import render
from nlpx.task import Task

EXAMPLES, CHARACTERS = 50, 5_000
"""Examples that get maps, and how long their texts are together at most."""

WORD_EXAMPLES, WORD_CHARACTERS = 300, 15_000
"""The same for the texts whose words are counted."""

LONGEST = 1_000
"""Longer texts have no map: it would be larger than all the rest of the page."""

WITHOUT_GRADIENTS = 0.2
"""Share of the budgets for models that must predict every text anew without each of its parts."""

MAPS = 4
"""Decisions of one text that are shown."""


@dataclass(frozen=True)
class Maps:
    """Maps of examples as HTML.

    Attributes:
        by_row: of each example that has some.
        method: how they were made.
        why_none: where there are none.
    """

    by_row: dict[int, Markup] = field(default_factory=dict)
    method: str = ""
    why_none: str = ""


def explainer_of(task: Task[Any, Any], judged: Judged) -> Explainer | str:
    """What explains the predictor, or why nothing does."""
    if judged.predictor is None:
        return "the model is not at hand"
    try:
        return task.explainer(judged.predictor)
    except NlpxError as error:
        return error.what


def maps_of(explainer: Explainer, judged: Judged, items: Sequence[Item]) -> Maps:
    """Maps of the first of the items, by the best method there is."""
    share = 1.0 if explainer.door is not None else WITHOUT_GRADIENTS
    chosen = within([item for item in items if 0 < len(item.text) <= LONGEST], EXAMPLES, share * CHARACTERS)
    methods = choose(explainer, AUTO)
    found = explain_with(explainer, [judged.examples[item.row] for item in chosen], methods)
    by_row = {
        item.row: render(
            "maps.html", maps=[(one, Markup(heat(one))) for one in maps[:MAPS]], more=len(maps) - MAPS
        )
        for item, maps in zip(chosen, found, strict=True)
        if maps
    }
    return Maps(by_row, methods[0].name)


def word_maps(explainer: Explainer, judged: Judged) -> Iterator[Saliency]:
    """Maps by words of texts from all over the split."""
    share = 1.0 if explainer.door is not None else WITHOUT_GRADIENTS
    spread = judged.examples[:: max(1, len(judged.examples) // WORD_EXAMPLES)]
    chosen = within(
        [one for one in spread if 0 < len(one.text) <= LONGEST], WORD_EXAMPLES, share * WORD_CHARACTERS
    )
    for maps in explain_with(explainer, chosen, word_method(explainer), unit="word"):
        yield from maps


def word_method(explainer: Explainer) -> Any:
    """One gradient a text where there are gradients, because there are many texts; else the best there is."""
    return choose(explainer, AUTO if explainer.door is None else "gradient_x_input")


def within(things: Sequence[Any], most: int, characters: float) -> list[Any]:
    """The first of the things whose texts together are not too long."""
    kept: list[Any] = []
    for thing in things[:most]:
        characters -= len(thing.text)
        if characters < 0:
            break
        kept.append(thing)
    return kept
