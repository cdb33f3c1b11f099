"""What a config model wants at a key: walks type annotations alongside the values that came."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from nlpx.config.document import KeyPath


def variants(annotation: Any) -> list[Any]:
    """The types a value may have: unions opened, `Annotated` and None taken off."""
    annotation = getattr(annotation, "__value__", annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        return variants(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [found for member in get_args(annotation) for found in variants(member)]
    return [] if annotation in (None, type(None)) else [annotation]


def is_model(annotation: Any) -> bool:
    """Whether a type is a section of its own."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def literals(annotation: Any) -> list[Any]:
    """The values of all `Literal` types in an annotation."""
    return [
        value for found in variants(annotation) if get_origin(found) is Literal for value in get_args(found)
    ]


def models(annotation: Any) -> list[type[BaseModel]]:
    """The sections a value may be."""
    return [found for found in variants(annotation) if is_model(found)]


def discriminator(annotation: Any) -> str | None:
    """The key whose value tells the sections of a union apart, or None."""
    found = models(annotation)
    keys = found[0].model_fields if len(found) > 1 else ()
    return next((key for key in keys if _tells_apart(key, found)), None)


def _tells_apart(key: str, found: list[type[BaseModel]]) -> bool:
    values = [_fixed(model, key) for model in found]
    return all(values) and len(set().union(*values)) == sum(map(len, values))


def _fixed(model: type[BaseModel], key: str) -> set[Any]:
    field = model.model_fields.get(key)
    return set(literals(field.annotation)) if field else set()


def chosen(annotation: Any, value: Any) -> type[BaseModel] | None:
    """The section that a mapping is meant to be: the only one, or the one whose kind it names."""
    found = models(annotation)
    key = discriminator(annotation)
    if key is None or not isinstance(value, Mapping):
        return found[0] if len(found) == 1 else None
    kind = value.get(key)
    return next((model for model in found if isinstance(kind, str) and kind in _fixed(model, key)), None)


def labelled(annotation: Any, label: str) -> type[BaseModel] | None:
    """The section that pydantic calls `label` in the place of an error inside a union."""
    found = models(annotation)
    key = discriminator(annotation)
    tagged = [model for model in found if key is not None and label in _fixed(model, key)]
    named = [model for model in found if model.__name__ == label]
    return next(iter(tagged or named), None)


def field_at(model: type[BaseModel], path: KeyPath, tree: Any) -> FieldInfo | None:
    """The field that a path leads to, or None where it leads to no field."""
    info: FieldInfo | None = None
    annotation: Any = model
    for part in path:
        section = chosen(annotation, tree)
        info = section.model_fields.get(str(part)) if section else None
        annotation = info.annotation if info else element(annotation, part)
        tree = below(tree, part)
    return info


def annotation_at(model: type[BaseModel], path: KeyPath, tree: Any) -> Any:
    """The type wanted at a path, or None where it cannot be told."""
    annotation: Any = model
    for part in path:
        section = chosen(annotation, tree)
        info = section.model_fields.get(str(part)) if section else None
        annotation = info.annotation if info else None if section else element(annotation, part)
        tree = below(tree, part)
    return annotation


def element(annotation: Any, part: str | int) -> Any:
    """The type of an item of a list or of a value of a mapping."""
    for found in variants(annotation):
        arguments = get_args(found)
        origin = get_origin(found)
        if not arguments or origin is Literal:
            continue
        if isinstance(part, int) and origin is tuple and arguments[-1] is not Ellipsis:
            return arguments[part] if part < len(arguments) else None
        if isinstance(origin, type) and issubclass(origin, Mapping) != isinstance(part, int):
            return arguments[1] if issubclass(origin, Mapping) else arguments[0]
    return None


def below(tree: Any, part: str | int) -> Any:
    """The value one step down, or None."""
    if isinstance(tree, Mapping):
        return tree.get(part)
    inside = isinstance(tree, list) and isinstance(part, int) and part < len(tree)
    return tree[part] if inside else None
