"""Spans drawn in their text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from nlpx.report.shown import named, shown

HUES = 8
"""How many colours labels have; the ninth label looks like the first, but its name stands beside it."""

LONG, AROUND, BEGINNING, GAP = 800, 60, 200, 60
"""Longer texts are shown as their beginning and what stands around their spans; a shorter gap is none."""


@dataclass(frozen=True)
class Mark:
    """A span to draw.

    Attributes:
        start, end: characters of the text, half-open.
        label: written behind it.
        hue: number of its colour.
        state: "right", "wrong" or "missed"; "" where nobody knows.
        title: what the pointer tells.
    """

    start: int
    end: int
    label: str
    hue: int = 0
    state: str = ""
    title: str = ""


def hues(labels: Iterable[str]) -> dict[str, int]:
    """A colour for each label, the same wherever it is drawn."""
    return {label: number % HUES for number, label in enumerate(sorted(set(labels)))}


def drawn(text: str, marks: Sequence[Mark]) -> Markup:
    """The text with its marks; where two cross, the later one is named behind the text."""
    inside, crossing = _nest(mark for mark in marks if 0 <= mark.start < mark.end <= len(text))
    parts: list[Markup] = []
    reached = 0
    for low, high in _windows(len(text), inside):
        parts += [_gap(low - reached), _range(text, low, high, _within(inside, low, high))]
        reached = high
    parts.append(_gap(len(text) - reached))
    parts += [_also(text, mark) for mark in crossing]
    return Markup('<bdi class="text">{}</bdi>').format(Markup().join(parts))


def _nest(marks: Iterable[Mark]) -> tuple[list[Mark], list[Mark]]:
    """Those that lie beside or inside each other, outer ones first, and those that cross one of them."""
    inside: list[Mark] = []
    crossing: list[Mark] = []
    open_marks: list[Mark] = []
    for mark in sorted(marks, key=lambda one: (one.start, -one.end, one.label)):
        open_marks = [one for one in open_marks if one.end > mark.start]
        if open_marks and open_marks[-1].end < mark.end:
            crossing.append(mark)
            continue
        open_marks.append(mark)
        inside.append(mark)
    return inside, crossing


def _windows(length: int, marks: Sequence[Mark]) -> Iterator[tuple[int, int]]:
    """The stretches of a text that are shown, in order."""
    if length <= LONG:
        yield 0, length
        return
    low, high = 0, BEGINNING
    for mark in marks:
        if mark.start - AROUND > high + GAP:
            yield low, high
            low = mark.start - AROUND
        high = max(high, min(length, mark.end + AROUND))
    yield low, length if high + GAP >= length else high


def _within(marks: Sequence[Mark], low: int, high: int) -> list[Mark]:
    return [mark for mark in marks if low <= mark.start and mark.end <= high]


def _range(text: str, low: int, high: int, marks: Sequence[Mark]) -> Markup:
    """A stretch of the text; each mark is drawn with what lies inside it."""
    parts, at, number = [], low, 0
    while number < len(marks):
        mark = marks[number]
        behind = next(
            (place for place in range(number + 1, len(marks)) if marks[place].start >= mark.end), len(marks)
        )
        parts += [shown(text[at : mark.start]), _draw(text, mark, marks[number + 1 : behind])]
        at, number = mark.end, behind
    return Markup().join([*parts, shown(text[at:high])])


def _draw(text: str, mark: Mark, inner: Sequence[Mark]) -> Markup:
    content = _range(text, mark.start, mark.end, inner)
    title = Markup(' title="{}"').format(named(mark.title)) if mark.title else ""
    return Markup('<mark class="h{} {}" data-l="{}"{}>{}</mark>').format(
        mark.hue, mark.state, named(mark.label), title, content
    )


def _gap(length: int) -> Markup:
    return Markup('<span class="gap">… {:,} characters …</span>').format(length) if length else Markup()


def _also(text: str, mark: Mark) -> Markup:
    return Markup(' <span class="gap">also </span>{}').format(_draw(text, mark, ()))
