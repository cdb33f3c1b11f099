"""What is odd about a knowledge base, for `nlpx data check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from unicodedata import normalize

from nlpx.task import CheckRow
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.statistics import surface_key


def check_kb(knowledge_base: Iterable[Entity]) -> list[CheckRow]:
    """Counts of entities and names, and of what is odd about them."""
    odd: Counter[str] = Counter()
    names: Counter[str] = Counter()
    entities = with_name = 0
    for entity in knowledge_base:
        entities += 1
        odd.update(_oddities(entity))
        with_name += entity.name in entity.aliases
        names.update({surface_key(name) for name in entity.names})
    facts: list[CheckRow] = [
        ("kb: entities", f"{entities:,}", ""),
        ("kb: names", f"{len(names):,}", ""),
        ("kb: names of several entities", f"{sum(count > 1 for count in names.values()):,}", ""),
    ]
    if with_name:  # in other formats no alias list repeats it
        facts.append(("kb: aliases without the name itself", f"{entities - with_name:,}", "odd"))
    if names:
        name, count = max(names.items(), key=lambda item: item[1])
        facts.append(("kb: most ambiguous name", f"{name}, {count:,} entities", ""))
    return [*facts, *((f"kb: {what}", f"{count:,}", "odd") for what, count in sorted(odd.items()))]


def _oddities(entity: Entity) -> Iterator[str]:
    if not entity.attributes and not entity.description:
        yield "entity without a description"
    if len(entity.name.strip()) == 1:
        yield "name of one character"
    if not entity.names:
        yield "entity without a name"
    if any(name.startswith("《") and name.endswith("》") for name in entity.names):
        yield "name in 《》"
    if any(len(normalize("NFKC", name)) != len(name) for name in entity.names):
        yield "name that NFKC would change in length"
