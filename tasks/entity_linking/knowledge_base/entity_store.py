"""The entities themselves: JSON lines in one memory-mapped file, found by byte offsets."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.entity import NIL, Entity


def to_line(entity: Entity) -> bytes:
    """An entity as a JSON line.

    Raises:
        DataError: its id is empty or NIL, or its text can't be written as UTF-8.
    """
    if entity.id == NIL or not entity.id:
        raise DataError(f"{entity.id!r} can't be the id of an entity", "Give the entity another id.")
    try:
        return orjson.dumps(entity) + b"\n"  # a dataclass is written field by field
    except TypeError as error:  # lone surrogates
        raise DataError(f"entity {entity.id!r} can't be written as UTF-8", "Correct its text.") from error


def from_line(line: bytes) -> Entity:
    """What `to_line` wrote."""
    row: dict[str, Any] = orjson.loads(line)
    return Entity(
        row["id"],
        row["name"],
        row["aliases"],
        row["description"],
        tuple(row["type"]),
        [(predicate, value) for predicate, value in row["attributes"]],
    )


def weight(entity: Entity, popularity: float) -> float:
    """How likely an entity is meant before the text is read, against others of the same name; in (0, ∞).

    Known links count one each. What is described at length is better known, which decides where no link is known: the
    facts told about it count as up to one link.
    """
    facts = len(entity.attributes) + len(entity.description) / 40
    return popularity + (1 + facts) / (10 + facts)


ALIAS_SHARE = 0.5
"""Of an entity's weight under a name that is not its main one."""


class EntityStore:
    """Entities by index.

    Args:
        path: the JSON lines.
        offsets: int64 `(entities + 1,)`, where each line begins.
    """

    def __init__(self, path: Path, offsets: np.ndarray) -> None:
        self._offsets = offsets
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, index: int) -> Entity:
        return from_line(self._bytes[int(self._offsets[index]) : int(self._offsets[index + 1])])

    def __iter__(self) -> Iterator[Entity]:
        return map(self.__getitem__, range(len(self)))


def write_lines(path: Path, entities: Iterable[bytes]) -> np.ndarray:
    """Write lines and return where each begins, `EntityStore`'s offsets."""
    sizes = []
    with path.open("wb") as file:
        for line in entities:
            file.write(line)
            sizes.append(len(line))
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(sizes, np.int64))])
