"""Plain JSON lines, for anyone's own data.

Texts: ``{"id": "7", "text": "…", "mentions": [{"start": 0, "end": 2, "entity_id": "q1"}]}``; characters, 0-based and
half-open; ``id`` may be left out, ``"entity_id": null`` means none in the knowledge base, texts without ``mentions``
are unlabelled, and so are mentions without ``entity_id``, whose places are given and to be linked.

Knowledge base: ``{"id": "q1", "name": "…", "aliases": ["…"], "description": "…", "type": "…"}``; only ``id`` and
``name`` are needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nlpx.tasks.entity_linking.entity import NIL, Entity
from nlpx.tasks.entity_linking.example import UNNAMED, Example, Mention
from nlpx.tasks.entity_linking.formats.objects import (
    Row,
    identifier,
    objects,
    parse_row,
    read_entities,
    read_rows,
    string,
    strings,
)
from nlpx.tasks.entity_linking.report import Source
from nlpx.text.lines import BadLine, shorten


def read_plain(source: Source) -> list[Example]:
    return read_rows(source, example_of)


def example_of(row: Row, index: int) -> Example:
    """The example of a row."""
    text = string(row, "text")
    mentions = [_mention(given, text) for given in objects(row, "mentions")]
    labelled = "mentions" in row and all(mention.entity_id != UNNAMED for mention in mentions)
    return Example(identifier(row.get("id", index), "'id'"), text, mentions, labelled)


def _mention(row: Row, text: str) -> Mention:
    start, end = row.get("start"), row.get("end")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        wanted = f"no span of a text of {len(text)} characters"
        raise BadLine(f"{wanted}: start {shorten(start)}, end {shorten(end)}")
    id = row.get("entity_id", UNNAMED)
    named = id if id is None or id == UNNAMED else identifier(id, "'entity_id'")
    return Mention(start, end, None if named == NIL else named, text[start:end])


def read_plain_kb(path: Path) -> Iterator[Entity]:
    return read_entities(path, lambda line: entity_of(parse_row(line)))


def entity_of(row: Row) -> Entity:
    """The entity of a row."""
    return Entity(
        identifier(row.get("id"), "'id'"),
        string(row, "name"),
        strings(row, "aliases"),
        string(row, "description") if row.get("description") else "",
        tuple(strings(row, "type")),
    )
