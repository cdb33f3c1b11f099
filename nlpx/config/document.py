"""A YAML file as it was read: plain values, and where each was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

KeyPath = tuple[str | int, ...]


class Mark(NamedTuple):
    """A place in a text: line and column, both counted from 1, in characters."""

    line: int
    column: int


class Problem(NamedTuple):
    """Something wrong at one place of a text."""

    mark: Mark
    path: KeyPath
    message: str


@dataclass
class Document:
    """The content of one YAML text.

    Args:
        value: mappings with text keys, lists and scalars.
        keys: where each key was written; for an item of a list and for the root, where its value starts.
        values: where each value starts.
        problems: what was wrong; if there are any, `value` is only as good as could be made of it.
    """

    value: Any = None
    keys: dict[KeyPath, Mark] = field(default_factory=dict)
    values: dict[KeyPath, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def value_mark(self, path: KeyPath) -> Mark:
        """Where to point for a wrong value: the value if it is on the key's line, else the key."""
        key, value = self.keys[path], self.values[path]
        return value if value.line == key.line else key


def dotted(path: KeyPath) -> str:
    """A path as users write it: `encoder.layers.0.units`."""
    return ".".join(str(part) for part in path)
