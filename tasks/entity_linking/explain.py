"""How the links of a text came about, as a table: every mention, its candidates, and why it was dropped if it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase

HEADER = ("at", "mention", "entity", "name", "score", "because")
TOLD = 24
"""Characters of what is known about an entity."""


def table(record: Mapping[str, Any], knowledge_base: KnowledgeBase) -> list[tuple[str, ...]]:
    """Header, then for each mention a row with the answer and a row per candidate, in reading order."""
    found = sorted([*record["links"], *record["dropped"]], key=lambda link: (link["start"], link["end"]))
    return [HEADER, *(row for link in found for row in _rows(link, knowledge_base))]


def _rows(link: Mapping[str, Any], knowledge_base: KnowledgeBase) -> Iterator[tuple[str, ...]]:
    place, id = f"{link['start']}-{link['end']}", link["entity_id"]
    name = _name(id, knowledge_base) if id is not None else ""
    reason = link.get("reason", "")
    because = f"dropped: {reason}" if reason else "linked"
    yield place, link["surface"], id or "NIL", name, f"{link['score']:.3f}", because
    for one in link["candidates"]:
        because = ", ".join(f"{part} {value:g}" for part, value in one.get("parts", {}).items())
        known = _name(one["entity_id"], knowledge_base)
        yield "", "", f"· {one['entity_id']}", known, f"{one['score']:.3f}", because


def _name(id: str, knowledge_base: KnowledgeBase) -> str:
    """The name of an entity and the beginning of what is known about it."""
    if id not in knowledge_base:
        return ""
    entity = knowledge_base.entity(id)
    text = " ".join(entity.text().split())
    return f"{entity.name} ({text[:TOLD]}{'…' if len(text) > TOLD else ''})" if text else entity.name
