"""The format of CCKS 2019 task 2 (DuEL 1.0); JSON lines.

Texts: ``{"text_id": "1", "text": "…", "mention_data": [{"kb_id": "311223", "mention": "南京南站", "offset": "0"}]}``;
ids and offsets are strings, ``NIL`` means none, texts without ``mention_data`` are unlabelled, mentions without
``kb_id`` are linked to something that the file does not tell.

Knowledge base: ``{"subject_id": "10001", "subject": "胜利", "alias": ["胜利"], "type": ["Thing"], "data":
[{"predicate": "摘要", "object": "…"}]}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
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
    whole,
)
from nlpx.tasks.entity_linking.report import Source
from nlpx.text.lines import BadLine, shorten


def read_ccks2019(source: Source) -> list[Example]:
    return read_rows(source, example_of)


def example_of(row: Row, index: int) -> Example:
    """The example of a row; offsets past the end of the text are refused."""
    text = string(row, "text")
    mentions = [_mention(given, len(text)) for given in objects(row, "mention_data")]
    return Example(identifier(row.get("text_id", index), "'text_id'"), text, mentions, "mention_data" in row)


def _mention(row: Row, length: int) -> Mention:
    surface, start = string(row, "mention"), whole(row.get("offset"), "'offset'")
    if not surface:
        raise BadLine(f"'mention' is empty: {shorten(row)}")
    if start >= length:
        raise BadLine(f"offset {start} is past the end of a text of {length} characters")
    id = identifier(row["kb_id"], "'kb_id'") if "kb_id" in row else UNNAMED
    return Mention(start, start + len(surface), None if id == NIL else id, surface)


def read_ccks2019_kb(path: Path) -> Iterator[Entity]:
    return read_entities(path, lambda line: entity_of(parse_row(line)))


def entity_of(row: Row) -> Entity:
    """The entity of a row; repeated aliases, types and attributes count once."""
    return Entity(
        identifier(row.get("subject_id"), "'subject_id'"),
        string(row, "subject"),
        list(dict.fromkeys(strings(row, "alias"))),
        type=tuple(dict.fromkeys(strings(row, "type"))),
        attributes=_attributes(row),
    )


def _attributes(row: Row) -> list[tuple[str, str]]:
    """(predicate, object) of each pair under ``data``."""
    try:
        pairs = [(pair["predicate"], pair["object"]) for pair in row.get("data") or ()]
    except (TypeError, KeyError):
        raise BadLine(f"'data' is no list of predicates and objects: {shorten(row.get('data'))}") from None
    if set(map(type, chain.from_iterable(pairs))) - {str}:
        raise BadLine(f"a predicate or an object is no string: {shorten(row.get('data'))}")
    return list(dict.fromkeys(pairs))


def to_row(example: Example, mentions: list[Mention]) -> dict[str, object]:
    """The row of a text with these mentions, all values strings as the competition wants them."""
    data = [
        {"kb_id": NIL if m.entity_id is None else m.entity_id, "mention": m.surface, "offset": str(m.start)}
        for m in mentions
    ]
    return {"text_id": example.id, "text": example.text, "mention_data": data}
