"""Entities added to a knowledge base, or in place of some of its own, without building it again.

They lie in ``overlay.jsonl`` beside the other files: a line with the sha256 of the rest, then one entity a line. When
the knowledge base is opened, only what they touch is put together anew, in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import orjson

from nlpx.errors import DataError
from nlpx.runs.atomic import atomic_write
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import folding
from nlpx.tasks.entity_linking.knowledge_base.entity_store import ALIAS_SHARE, from_line, to_line, weight

FILE = "overlay.jsonl"
Row = tuple[np.ndarray, np.ndarray]


def read_overlay(folder: Path) -> tuple[dict[str, Entity], str]:
    """The entities by id in the order they came, and the sha256 of the file's content; ({}, "") without a file.

    Raises:
        DataError: the file was changed or cut short.
    """
    path = folder / FILE
    if not path.exists():
        return {}, ""
    head, _, body = path.read_bytes().partition(b"\n")
    digest = hashlib.sha256(body).hexdigest()
    try:
        written = orjson.loads(head)["sha256"]
    except (ValueError, KeyError, TypeError):
        written = ""
    if written != digest:
        raise DataError(
            f"{path}: changed since it was written",
            "Remove the file and add its entities again: nlpx kb add FILE --kb FOLDER",
        )
    entities = [from_line(line) for line in body.splitlines()]
    return {entity.id: entity for entity in entities}, digest


def write_overlay(folder: Path, entities: Iterable[Entity]) -> None:
    """Write the file; it is there as a whole, or as it was. Raises what `to_line` raises."""
    body = b"".join(map(to_line, entities))
    head = orjson.dumps({"sha256": hashlib.sha256(body).hexdigest()})
    atomic_write(folder / FILE, head + b"\n" + body)


def names_of(entity: Entity) -> dict[str, float]:
    """The folded names of an entity with their share of its weight."""
    shares: dict[str, float] = {}
    for name in entity.names:
        folded = folding.fold_name(name)
        if folded:
            share = 1.0 if name == entity.name else ALIAS_SHARE
            shares[folded] = max(share, shares.get(folded, 0.0))
    return shares


def changed_rows(
    names: Sequence[str],
    rows: Sequence[Row],
    replaced: set[int],
    added: Sequence[tuple[int, Entity, float]],
) -> list[Row]:
    """What each of some names means once entities are replaced.

    Args:
        names: the folded names.
        rows: entities and weights that each had.
        replaced: indices of the entities that take no part any more.
        added: index, entity and popularity of those that do instead.
    """
    entries: dict[str, list[tuple[int, float]]] = {name: [] for name in names}
    for index, entity, popularity in added:
        for name, share in names_of(entity).items():
            entries[name].append((index, share * weight(entity, popularity)))
    result = []
    gone = np.array(sorted(replaced), np.int64)
    for name, (entities, weights) in zip(names, rows, strict=True):
        stays = ~np.isin(entities, gone)
        more = entries[name]
        result.append(
            (
                np.concatenate([entities[stays].astype(np.int64), np.array([e for e, _ in more], np.int64)]),
                np.concatenate([weights[stays], np.array([w for _, w in more], np.float32)]),
            )
        )
    return result
