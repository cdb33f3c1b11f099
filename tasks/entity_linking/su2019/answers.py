"""From judged mentions to the answer for a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nlpx.tasks.entity_linking.example import Candidate, Example, Link, Place, Prediction
from nlpx.tasks.entity_linking.su2019.pointers import without_overlaps


class Judged(NamedTuple):
    """A place of a text with what was found out about it.

    Attributes:
        pointed: how likely the network finds a mention there; None where it finds none.
        candidates: best first.
    """

    place: Place
    pointed: float | None
    candidates: Sequence[Candidate]


def to_prediction(example: Example, judged: Sequence[Judged], reject: float, *, given: bool) -> Prediction:
    """The links of a text, and what is said about each place its example names.

    Places that mean nothing or score less than `reject` are dropped first; of those left, overlapping ones give way to
    the likeliest, see `pointers.without_overlaps`. Given mentions are all answered, whether they overlap or not.
    """
    links = {one.place: to_link(one, 0.0 if given else reject) for one in judged}
    on_gold = [links.get(place) or Link(*place, None, 0.0, reason="no candidate") for place in example.places]
    if given:
        return Prediction(sorted(on_gold, key=_place), on_gold)
    pointed = {one.place: one.pointed for one in judged if one.pointed is not None}
    kept = without_overlaps((place, p) for place, p in pointed.items() if links[place].kept)
    mine = [_unless(links[place], place in kept or not links[place].kept) for place in pointed]
    return Prediction(sorted(mine, key=_place), on_gold)


def to_link(judged: Judged, reject: float) -> Link:
    """The best candidate of a place, or why there is none."""
    if not judged.candidates:
        return Link(*judged.place, None, 0.0, reason="no candidate")
    best = judged.candidates[0]
    reason = "below threshold" if best.score < reject else ""
    return Link(*judged.place, best.entity_id, best.score, judged.candidates, len(judged.candidates), reason)


def _unless(link: Link, free: bool) -> Link:
    if free:
        return link
    return Link(link.start, link.end, link.entity_id, link.score, link.candidates, link.found, "overlap")


def _place(link: Link) -> Place:
    return link.start, link.end
