"""Saliency on the page: maps of the examples that matter most.

They are held to a budget of characters rather than of seconds, so that the same run gives the same page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from nlpx.errors import NlpxError
from nlpx.explain.choice import AUTO, choose
from nlpx.explain.decision import Case
from nlpx.explain.explain import cases_of, saliency
from nlpx.explain.explainer import Explainer
from nlpx.explain.html import heat
from nlpx.explain.method import Method
from nlpx.explain.saliency import Saliency
from nlpx.explain.strength import share_text
from nlpx.report.content import Item, Judged
from nlpx.report.templating import render
from nlpx.task import Task

EXAMPLES, CHARACTERS = 50, 2_000
"""Examples that get maps, and how many characters the texts of all maps have together at most."""

LONGEST = 1_000
"""Longer texts have no map: it would be larger than all the rest of the page."""

WITHOUT_GRADIENTS = 0.4
"""Share of the budgets for models that must predict every text anew without each of its parts."""

MAPS = 3
"""Decisions of one text that are explained, those that went wrong first."""

AT_ONCE = 8
"""Texts whose decisions are predicted at once for the maps of examples."""

Place = tuple[int, int]


@dataclass(frozen=True)
class Maps:
    """Maps of examples as HTML.

    Attributes:
        by_row: of each example that has some.
        method: how they were made.
        of_spans: whether they are about parts of their texts.
        why_none: where there are none.
    """

    by_row: dict[int, Markup] = field(default_factory=dict)
    method: str = ""
    of_spans: bool = False
    why_none: str = ""


def explainer_of(task: Task[Any, Any], judged: Judged) -> Explainer | str:
    """What explains the predictor, or why nothing does."""
    if judged.predictor is None:
        return "the model is not at hand"
    try:
        explainer = task.explainer(judged.predictor)
    except NlpxError as error:
        return error.what
    if explainer.network is not None:
        explainer.network.stay_small()
    return explainer


def maps_of(
    explainer: Explainer, judged: Judged, items: Sequence[Item], target: Callable[[str], str] = str
) -> Maps:
    """Maps of the first of the items, by the best method there is; `target` names what they explain."""
    able = [item for item in items if 0 < len(item.text) <= LONGEST][:EXAMPLES]
    [method] = choose(explainer, AUTO)
    found = _explained(explainer, method, [(judged.examples[item.row], item.focus) for item in able])
    by_row = {item.row: _drawn(maps, target) for item, maps in zip(able, found, strict=False) if maps}
    of_spans = any(one.span is not None for maps in found for one in maps)
    why_none = (
        ""
        if by_row
        else "the model decided nothing in the first texts, or they are too long; see nlpx explain"
    )
    return Maps(by_row, method.name, of_spans, why_none)


def _drawn(maps: Sequence[Saliency], target: Callable[[str], str]) -> Markup:
    rows = [(one, target(one.target), share_text(one), Markup(heat(one))) for one in maps]
    return render("maps.html", maps=rows)


def budget(explainer: Explainer, characters: float) -> float:
    """So many characters, or fewer where the model must predict every text anew without each of its parts."""
    return characters * (WITHOUT_GRADIENTS if explainer.network is None else 1)


def _explained(
    explainer: Explainer, method: Method, wanted: Sequence[tuple[Any, Sequence[Place]]]
) -> list[list[Saliency]]:
    """Maps of the first texts, as many as the budget allows.

    Args:
        wanted: texts, each with the places whose decisions come first.
    """
    cases = list(_withinbudget(explainer, wanted))
    scores = iter(method.score(explainer, [case for own in cases for case in own]))
    return [[saliency(case, method, next(scores)) for case in own] for own in cases]


def _withinbudget(
    explainer: Explainer, wanted: Sequence[tuple[Any, Sequence[Place]]]
) -> Iterator[list[Case]]:
    """The decisions of text after text. They are predicted a few at a time, because most may be beyond the budget."""
    left = budget(explainer, CHARACTERS)
    for start in range(0, len(wanted), AT_ONCE):
        group = wanted[start : start + AT_ONCE]
        decisions = explainer.decisions([example for example, _ in group])
        for (_, focus), found in zip(group, decisions, strict=True):
            first = sorted(found, key=lambda one: one.span not in focus)[:MAPS]
            if first:  # as many as fit: a long text leaves room for short ones behind it
                first = first[: int(left // max(1, len(first[0].text)))]
                left -= sum(len(one.text) for one in first)
            yield cases_of(explainer, first)
        if left <= 0:
            return
