"""The links of a text on the report page: drawn in it, and the candidates of each with their scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

from nlpx.report.marks import Mark, drawn
from nlpx.report.shown import excerpt
from nlpx.report.templating import render
from nlpx.tasks.entity_linking.example import Candidate, Example, Link, Mention, Place, Prediction
from nlpx.tasks.entity_linking.metrics_errors import answer_kind, gold_kinds

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

TOP, TOP_OF_RIGHT, PARTS = 5, 3, 4
"""Candidates of a wrong and of a right link, and parts of a score, that are shown."""

TOLD, NAME = 40, 12
"""Characters of what is known about an entity, and of its name above a mention."""

RIGHT, WRONG = 0, 5
"""Hues."""

RIGHTS = ("correct", "")
"""Kinds of links that nothing is wrong with; "" where there is no gold."""


class Entities:
    """Names and descriptions by id, each looked up once."""

    def __init__(self, knowledge_base: KnowledgeBase | None) -> None:
        self._knowledge_base = knowledge_base
        self._known: dict[str, tuple[str, str]] = {}

    def __getitem__(self, id: str | None) -> tuple[str, str]:
        """Name and the beginning of what is known; the id itself where that is nothing."""
        if id is None:
            return "NIL", ""
        if id not in self._known:
            self._known[id] = self._look_up(id)
        return self._known[id]

    def told(self, id: str) -> str:
        """Name and id in one."""
        name, _ = self[id]
        return name if name == id else f"{name} ({id})"

    def _look_up(self, id: str) -> tuple[str, str]:
        if self._knowledge_base is None or id not in self._knowledge_base:
            return id, ""
        entity = self._knowledge_base.entity(id)
        return entity.name, excerpt(entity.text(), TOLD)


@dataclass
class Seen:
    """Both sides of a text, with the kind of each link."""

    example: Example
    prediction: Prediction
    gold: list[tuple[Mention, str]] = field(default_factory=list)
    said: list[tuple[Link, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        mentions = self.example.tidy()
        labelled = self.example.labelled
        self.gold = gold_kinds(mentions, self.prediction) if labelled else []
        self.said = [(link, answer_kind(link, mentions) if labelled else "") for link in self.prediction.kept]

    @property
    def wrong(self) -> bool:
        return any(kind not in RIGHTS for _, kind in (*self.gold, *self.said))

    @property
    def dropped(self) -> dict[Place, Link]:
        """What was dropped, and what the model would say were it given the gold places."""
        return {(link.start, link.end): link for link in (*self.prediction.on_gold, *self.prediction.links)}


def opened(seen: Seen, entities: Entities) -> Markup:
    """Both sides of a text, and the candidates of each link."""
    text = seen.example.text
    gold = [
        _mark(mention.place, text, mention.entity_id, kind, "missed", entities) for mention, kind in seen.gold
    ]
    said = [
        _mark((link.start, link.end), text, link.entity_id, kind, "wrong", entities)
        for link, kind in seen.said
    ]
    return render(
        "linked.html",
        gold=drawn(text, gold) if seen.wrong else None,
        said=drawn(text, said),
        labelled=seen.example.labelled,
        links=list(_links(seen, entities)),
    )


def _mark(place: Place, text: str, id: str | None, kind: str, state: str, entities: Entities) -> Mark:
    """A link in its text; a mention that is its entity's name needs no label."""
    name, known = entities[id]
    label = "" if name == text[slice(*place)] else excerpt(name, NAME)
    title = ", ".join(part for part in (id, kind, known) if part)
    if kind in RIGHTS:
        return Mark(*place, label, RIGHT, "", title)
    return Mark(*place, label, WRONG, state, title)


def _links(seen: Seen, entities: Entities) -> Iterator[dict[str, object]]:
    """Every answer, and every place of the gold without one, in reading order, with its candidates."""
    wanted: dict[Place, set[str]] = {}
    for mention, _ in seen.gold:
        wanted.setdefault(mention.place, set()).add(mention.entity_id or "")
    answered = {(link.start, link.end) for link, _ in seen.said}
    lost = {mention.place: kind for mention, kind in seen.gold if mention.place not in answered}
    dropped = seen.dropped
    every: list[tuple[Place, Link | None, str, bool]]
    every = [((link.start, link.end), link, kind, True) for link, kind in seen.said]
    every += [(place, dropped.get(place), kind, False) for place, kind in lost.items()]
    for place, link, kind, said in sorted(every, key=lambda one: one[0]):
        ids, right = wanted.get(place, set()), kind in RIGHTS
        yield {
            "surface": seen.example.text[slice(*place)],
            "said": _told(link.entity_id if said and link else None, entities),
            "kind": kind,
            "reason": "" if link is None or said else link.reason,
            "gold": [] if right else [_told(id, entities) for id in sorted(ids)],
            "candidates": _candidates(link, ids, entities, TOP_OF_RIGHT if right else TOP),
            "more": 0 if link is None else max(link.found, len(link.candidates)),
        }


def _told(id: str | None, entities: Entities) -> tuple[str, str]:
    """Name, and the id where that is another."""
    name, _ = entities[id]
    return name, id if id and id != name else ""


def _candidates(
    link: Link | None, wanted: set[str], entities: Entities, top: int
) -> Sequence[tuple[Candidate, str, str, str, bool]]:
    """The best candidates: itself, name, what is known, what its score is made of, and whether it is right."""
    if link is None:
        return []
    best = list(link.candidates[:top])
    best += [one for one in link.candidates[top:] if one.entity_id in wanted]
    return [(one, *entities[one.entity_id], _parts(one), one.entity_id in wanted) for one in best]


def _parts(candidate: Candidate) -> str:
    told = [f"{name} {value:.3g}" for name, value in candidate.parts.items() if value]
    return ", ".join(told[:PARTS]) + (" …" if len(told) > PARTS else "")
