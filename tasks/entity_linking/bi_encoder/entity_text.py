"""What a network reads about an entity: the most telling first, long values shortened, so that much fits."""

from __future__ import annotations

from collections.abc import Iterator

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base.folding import fold

FIRST = ("义项描述", "标签")
"""Predicates that tell most in few characters."""

LONG = 30
"""Values beyond this give up characters where all of them are too many."""

BETWEEN = "|"


def entity_text(entity: Entity, length: int) -> str:
    """At most `length` characters, folded: types, names, description and attributes in the order of `parts`.

    Where that is too much, parts of more than `LONG` characters share the room that the others leave, in proportion to
    their length, but get `LONG` at least; then the end is cut off.
    """
    told = [part for part in parts(entity) if part]
    lengths = [len(part) for part in told]
    long = sum(each for each in lengths if each > LONG)
    room = length - (sum(lengths) - long) - (len(told) - 1)
    if long > room:
        told = [part[: max(LONG, len(part) * room // long)] if len(part) > LONG else part for part in told]
    return fold(BETWEEN.join(told))[:length]


def parts(entity: Entity) -> Iterator[str]:
    """Types, name, aliases, the values of `FIRST`, the description, then ``predicate:value`` of all other attributes;
    each value once."""
    yield "、".join(entity.type)
    yield from entity.names
    for wanted in FIRST:
        yield "、".join(dict.fromkeys(value for predicate, value in entity.attributes if predicate == wanted))
    yield entity.description
    for predicate, value in dict.fromkeys(entity.attributes):
        if predicate not in FIRST:
            yield f"{predicate}:{value}"
