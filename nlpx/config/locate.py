"""From the place pydantic names for an error to the key in the user's file.

pydantic puts labels of union members between the keys (`encoder.bilstm.units`, `dev.Holdout.holdout`); they
are no keys and go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from nlpx.config.document import KeyPath
from nlpx.config.shape import below, chosen, element, labelled, variants


class Location(NamedTuple):
    """Where an error is.

    Args:
        path: the keys and indices that lead to it.
        union: path of the outermost untagged union on the way, or None; each of its members makes errors.
        member: the member's label in that union.
        kind: what the member takes: "section", "list" or "scalar".
    """

    path: KeyPath
    union: KeyPath | None = None
    member: str = ""
    kind: str = ""


def locate(model: type[BaseModel], place: KeyPath, tree: Any) -> Location:
    """The location of an error that pydantic reports at `place` for the values in `tree`."""
    annotation: Any = model
    found = Location(())
    in_member = False
    for part in place:
        if len(variants(annotation)) > 1 and not in_member:
            annotation, found = _enter(annotation, str(part), found)
            in_member = True
        elif part != "[key]":
            section = chosen(annotation, tree)
            info = section.model_fields.get(str(part)) if section else None
            annotation = info.annotation if info else None if section else element(annotation, part)
            tree = below(tree, part)
            found = found._replace(path=(*found.path, part))
            in_member = False
    return found


def _enter(annotation: Any, label: str, found: Location) -> tuple[Any, Location]:
    """Step into the member of a union that a label names."""
    section = labelled(annotation, label)
    tagged = section is not None and section.__name__ != label
    if not tagged and found.union is None:
        found = found._replace(union=found.path, member=label, kind=_kind(section, label))
    return section or annotation, found


def _kind(section: type[BaseModel] | None, label: str) -> str:
    if section is not None or label.startswith("dict["):
        return "section"
    return "list" if label.startswith(("list[", "tuple[", "set[", "frozenset[")) else "scalar"


def kind_of(value: Any) -> str:
    """Which kind of union member a value is meant for."""
    return "section" if isinstance(value, Mapping) else "list" if isinstance(value, list) else "scalar"
