"""The texts of a linker's report page: its links drawn in them, and the candidates of each with their scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from nlpx.report.content import Item
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
class Judged:
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
        return any(kind not in ("correct", "") for _, kind in (*self.gold, *self.said))


def kind_name(side: str, kind: str) -> str:
    """What the list of examples calls a kind of error: wanted or answered, and the kind."""
    return f"{side}: {kind}"


def text_item(row: int, example: Example, prediction: Prediction, entities: Entities) -> Item:
    """A text of the list."""
    judged = Judged(example, prediction)
    return Item(
        row=row,
        id=example.id,
        text=example.text,
        answer=_answer(judged),
        verdict=("wrong" if judged.wrong else "right") if example.labelled else "",
        confidence=_confidence(judged),
        kinds=tuple(_kinds(judged)),
        body=partial(_body, judged, entities),
        focus=tuple((link.start, link.end) for link, kind in judged.said if kind not in ("correct", "")),
    )


def _answer(judged: Judged) -> str:
    if not judged.example.labelled:
        return f"{len(judged.said)} links"
    counts = Counter(kind for _, kind in judged.said)
    counts["missed"] = sum(kind in ("span missed", "no candidate") for _, kind in judged.gold)
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "no link, rightly"


def _confidence(judged: Judged) -> float | None:
    """Of the wrong link the model is surest of, else of the surest of those it dropped; of a right text the least."""
    if not judged.wrong:
        return min((link.score for link, _ in judged.said), default=None)
    wrong = [link.score for link, kind in judged.said if kind not in ("correct", "")]
    if wrong:
        return max(wrong)
    dropped = _asked(judged.prediction)
    lost = (dropped.get(mention.place) for mention, kind in judged.gold if kind != "correct")
    return max((1 - link.score for link in lost if link is not None), default=None)


def _kinds(judged: Judged) -> Iterator[str]:
    yield from (kind_name("wanted", kind) for _, kind in judged.gold if kind != "correct")
    yield from (kind_name("answered", kind) for _, kind in judged.said if kind not in ("correct", ""))


# === An opened row ===


def _body(judged: Judged, entities: Entities) -> Markup:
    text = judged.example.text
    gold = [
        Mark(*mention.place, *_look(mention.surface, mention.entity_id, kind, entities, missed=True))
        for mention, kind in judged.gold
    ]
    said = [
        Mark(link.start, link.end, *_look(text[link.start : link.end], link.entity_id, kind, entities))
        for link, kind in judged.said
    ]
    return render(
        "linked.html",
        gold=drawn(text, gold) if judged.wrong else None,
        said=drawn(text, said),
        labelled=judged.example.labelled,
        links=list(_links(judged, entities)),
    )


def _look(
    surface: str, id: str | None, kind: str, entities: Entities, *, missed: bool = False
) -> tuple[str, int, str, str]:
    """Label, hue, state and title of a mark; a mention that is its entity's name needs no label."""
    right = kind in ("correct", "")
    name, known = entities[id]
    state = "" if right else "missed" if missed else "wrong"
    title = ", ".join(part for part in (id, kind, known) if part)
    return "" if name == surface else excerpt(name, NAME), RIGHT if right else WRONG, state, title


def _links(judged: Judged, entities: Entities) -> Iterator[dict[str, object]]:
    """Every answer and every lost gold link in reading order, with its candidates."""
    wanted: dict[Place, set[str]] = {}
    for mention, _ in judged.gold:
        wanted.setdefault(mention.place, set()).add(mention.entity_id or "")
    said = {(link.start, link.end): (link, kind) for link, kind in judged.said}
    asked = _asked(judged.prediction)
    lost = {mention.place: kind for mention, kind in judged.gold if kind != "correct"}
    for place in sorted({*said, *lost}):
        link, kind = said.get(place) or (asked.get(place), lost.get(place, ""))
        right = kind in ("correct", "")
        yield {
            "surface": judged.example.text[slice(*place)],
            "said": _told(link.entity_id if place in said and link else None, entities),
            "kind": kind,
            "reason": "" if link is None or place in said else link.reason,
            "gold": [] if right else [_told(id, entities) for id in sorted(wanted.get(place, ()))],
            "candidates": _candidates(
                link, wanted.get(place, set()), entities, TOP_OF_RIGHT if right else TOP
            ),
            "more": 0 if link is None else max(link.found, len(link.candidates)),
        }


def _asked(prediction: Prediction) -> dict[Place, Link]:
    """What was dropped, and what the model would say were it given the gold places."""
    return {(link.start, link.end): link for link in (*prediction.links, *prediction.on_gold)}


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
