"""All that was set, from every layer, with the place each value was written at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from nlpx.config.document import Document, KeyPath, Mark, dotted

FILE, ENVIRONMENT, FLAG, VALUES = range(4)
DEFAULT = "default"


class Place(NamedTuple):
    """Where a value was written.

    Args:
        order: layer, then line and column or number; sorts errors.
        where: how an error line starts: `configs/ner.yaml:12:3` or `--set seed=x`.
        origin: what is shown as the value's origin: `configs/ner.yaml:12:3`, `NLPX_SET`, `--set`, `default`.
    """

    order: tuple[int, int, int]
    where: str
    origin: str


DEFAULT_PLACE = Place((0, 0, 0), "", DEFAULT)


class Issue(NamedTuple):
    """One line of a config error."""

    place: Place
    path: KeyPath
    message: str

    def line(self) -> str:
        """`file:line:col: key.path: message`."""
        return ": ".join(part for part in (self.place.where, dotted(self.path), self.message) if part)


@dataclass
class Settings:
    """A tree of plain values and, for every node in it, the places of its key and of its value."""

    tree: dict[str, Any] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)

    @classmethod
    def of_document(cls, document: Document, name: str) -> Settings:
        """The first layer: a file called `name`."""
        if not isinstance(document.value, dict):
            return cls({}, {(): file_place(name, Mark(1, 1))}, {(): file_place(name, Mark(1, 1))})
        return cls(
            document.value,
            {path: file_place(name, mark) for path, mark in document.keys.items()},
            {path: file_place(name, document.value_mark(path)) for path in document.keys},
        )

    def record(self, path: KeyPath, value: Any, place: Place) -> None:
        """Note that everything at and below `path` comes from `place` now."""
        for old in [known for known in self.keys if known[: len(path)] == path]:
            del self.keys[old], self.values[old]
        for new in _paths(path, value):
            self.keys[new] = self.values[new] = place

    def key_place(self, path: KeyPath) -> Place:
        """Where the key at `path` was written, or the nearest one above it."""
        return _nearest(self.keys, path)

    def value_place(self, path: KeyPath) -> Place:
        """Where the value at `path` was written, or the nearest one above it."""
        return _nearest(self.values, path)

    def origin(self, path: KeyPath) -> str:
        """Where a resolved value comes from: its own place, or that of the scalar or list it was made of."""
        node: Any = self.tree
        for depth, part in enumerate(path):
            inside = isinstance(node, dict) and part in node
            if not inside and not (isinstance(node, list) and isinstance(part, int) and part < len(node)):
                return DEFAULT if isinstance(node, dict) else self.key_place(path[:depth]).origin
            node = node[part]
        return self.key_place(path).origin


def file_place(name: str, mark: Mark) -> Place:
    """A place in a file."""
    where = f"{name}:{mark.line}:{mark.column}"
    return Place((FILE, mark.line, mark.column), where, where)


def _nearest(places: dict[KeyPath, Place], path: KeyPath) -> Place:
    while path and path not in places:
        path = path[:-1]
    return places.get(path, DEFAULT_PLACE)


def _paths(path: KeyPath, value: Any) -> list[KeyPath]:
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [path, *(below for key, child in children for below in _paths((*path, key), child))]
