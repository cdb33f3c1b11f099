"""MEDIC, the disease vocabulary of the NCBI Disease corpus: ``id|other ids||name|synonym|synonym…`` a line.

Other ids, which may be missing, are those of the same disease in other vocabularies; they become attributes, see
`OTHER_ID`, so that texts may name any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.formats.objects import identifier, read_entities
from nlpx.tasks.entity_linking.formats.pubtator import PREFIX
from nlpx.text.lines import BadLine, encoding_problem, shorten

OTHER_ID = "other id"
"""The predicate of an attribute that holds another id of the same entity."""


def read_medic(path: Path) -> Iterator[Entity]:
    return read_entities(path, entity_of)


def entity_of(line: str) -> Entity:
    """The entity of a line."""
    head, separator, names = line.partition("||")
    listed = [name.strip() for name in names.split("|") if name.strip()]
    if not separator or not listed or encoding_problem(line):
        raise BadLine(f"wanted id|other ids||name|synonyms, got {shorten(line)}")
    id, *others = (PREFIX.sub("", part.strip()) for part in head.split("|"))
    pairs = [(OTHER_ID, other) for other in others if other]
    return Entity(identifier(id, "id"), listed[0], listed[1:], attributes=pairs)
