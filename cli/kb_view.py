"""How `nlpx kb` shows things."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from nlpx.tasks.entity_linking.entity import Entity
    from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
    from nlpx.tasks.entity_linking.knowledge_base.commands import Hit

ABOUT = 60
"""Characters of a description in a table."""


def counts(kb: KnowledgeBase) -> str:
    """How large it is, in words."""
    return f"{len(kb):,} entities, {len(kb.names):,} names"


def show_hits(hits: Sequence[Hit], surface: str, *, as_json: bool) -> None:
    """A table of entities, most likely first."""
    from nlpx.cli.console import say
    from nlpx.cli.tables import print_table

    if as_json:
        typer.echo(_json([asdict(hit.entity) | {"score": hit.score, "exact": hit.exact} for hit in hits]))
        return
    if not hits:
        say(f"nothing is called {surface!r} or anything like it")
        return
    if not hits[0].exact:
        say(f"nothing is called {surface!r}; the most similar names, likely slips first:")
    score = "prior" if hits[0].exact else "similarity"
    rows = [
        (hit.entity.id, hit.entity.name, f"{hit.score:.3f}", ", ".join(hit.entity.type), _about(hit.entity))
        for hit in hits
    ]
    print_table(("id", "name", score, "type", "about"), rows, numbers=(score,), fold=("about",))


def show_entity(entity: Entity, *, as_json: bool) -> None:
    """Everything about one entity."""
    if as_json:
        typer.echo(_json(asdict(entity)))
        return
    head = [("id", entity.id), ("name", entity.name), ("aliases", ", ".join(entity.aliases))]
    rows = [*head, ("type", ", ".join(entity.type)), ("description", entity.description), *entity.attributes]
    for name, value in rows:
        if value:
            typer.echo(f"{name}: {value}")


def show_facts(facts: Mapping[str, Any], *, as_json: bool) -> None:
    """A line per fact."""
    from nlpx.runs.atomic import human_size

    if as_json:
        typer.echo(_json(facts))
        return
    shown = {"added or changed" if name == "added" else name: value for name, value in facts.items()}
    shown["bytes"] = human_size(facts["bytes"])
    shown["candidates_per_name"] = f"{facts['candidates_per_name']:.2f}"
    for name in ("most_ambiguous", "types"):
        shown[name] = ", ".join(f"{what} ({count:,})" for what, count in facts[name]) or "-"
    for name, value in shown.items():
        text = f"{value:,}" if isinstance(value, int) else "-" if value is None else str(value)
        typer.echo(f"{name.replace('_', ' '):<20} {text}")


def _about(entity: Entity) -> str:
    text = " ".join(entity.text().split())
    return text if len(text) <= ABOUT else f"{text[: ABOUT - 1]}…"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
