"""What a task puts on the report page: sections, and the examples that are worth a look.

Everything that is shown is either plain text, which the templates escape, or `markupsafe.Markup`, which is HTML that
was made safe where it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from markupsafe import Markup

Verdict = Literal["right", "wrong", ""]
"""Of an example; "" where there is no gold to compare with."""


@dataclass(frozen=True)
class Judged:
    """A split with what the model says about it.

    Attributes:
        split: its name.
        examples, predictions: one of each per text, in the order of the file.
        metrics: of this split; empty where its labels are withheld.
        predictor: the trained model.
    """

    split: str
    examples: Sequence[Any]
    predictions: Sequence[Any]
    metrics: Mapping[str, Any]
    predictor: Any


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Attributes:
        id: of the place to jump to; lower-case letters and hyphens.
        title: its heading.
        body: what stands below it.
        lede: one or two sentences that say how to read it.
    """

    id: str
    title: str
    body: Markup
    lede: str = ""


@dataclass
class Item:
    """One example of the list.

    Attributes:
        row: its place in the split, from 0.
        id: as the file has it.
        text: what the closed row begins with.
        answer: what the model says, in a few words.
        verdict: whether that is right.
        confidence: how sure the model is of it, in [0, 1]; None where it does not tell.
        kinds: what the list can be narrowed down to, such as "missed PER".
        body: makes what the opened row shows; called for the examples that are shown only.
        focus: places in the text, half-open characters, whose decisions are explained first.
    """

    row: int
    id: str
    text: str
    answer: str
    verdict: Verdict
    confidence: float | None
    kinds: tuple[str, ...]
    body: Callable[[], Markup]
    focus: tuple[tuple[int, int], ...] = ()


@dataclass
class TaskPage:
    """What a task adds to the page.

    Attributes:
        sections: in the order of the page.
        items: every example of the split; the page chooses which it shows.
        legend: how to read the colours in the examples.
        target: what a map calls the decision that it explains, from its target's name.
        sure: what the confidence of an item is of, in words.
    """

    sections: list[Section] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    legend: Markup = field(default_factory=Markup)
    target: Callable[[str], str] = str
    sure: str = "how sure the model is of its answer"
