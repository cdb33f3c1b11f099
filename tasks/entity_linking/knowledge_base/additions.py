"""Files for `nlpx kb add`: JSON lines that are entities, or names for entities that are there.

    {"id": "q1", "name": "…", "aliases": ["…"], "description": "…", "type": "…"}       new, or in place of q1
    {"id": "q1", "aliases": ["…"]}                                                     more names for q1

Lines in the format of CCKS 2019 are understood too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.formats import ccks2019, plain
from nlpx.tasks.entity_linking.formats.objects import Row, identifier, parse_row, read_entities, strings
from nlpx.tasks.entity_linking.knowledge_base.knowledge_base import KnowledgeBase
from nlpx.text.lines import BadLine, shorten


def read_additions(path: Path, kb: KnowledgeBase) -> Iterator[Entity]:
    """The entities of a file as they are to be in `kb`.

    Raises:
        DataError: no entity in it, or bad lines; names the first ones.
    """
    empty = True
    for entity in read_entities(path, lambda line: _entity_of(parse_row(line), kb)):
        empty = False
        yield entity
    if empty:
        raise DataError(f"{path}: has no entity", "Put one JSON object on each line.")


def _entity_of(row: Row, kb: KnowledgeBase) -> Entity:
    if "subject_id" in row:
        return ccks2019.entity_of(row)
    if "name" in row:
        return plain.entity_of(row)
    id, aliases = identifier(row.get("id"), "'id'"), strings(row, "aliases")
    if id not in kb:
        raise BadLine(f"no 'name', and no entity {shorten(id)} to add aliases to")
    if row.keys() - {"id", "aliases"} or not aliases:
        raise BadLine(f"without 'name' a line holds 'id' and 'aliases' only: {shorten(row)}")
    entity = kb.entity(id)
    return replace(entity, aliases=list(dict.fromkeys([*entity.aliases, *aliases])))
