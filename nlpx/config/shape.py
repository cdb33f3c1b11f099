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


def chosen(annotation: Any, value: Any) -> type[BaseModel] | None:
    """The section that a mapping is meant to be: the only one, or the one whose literal keys it names."""
    found = models(annotation)
    if len(found) < 2 or not isinstance(value, Mapping):
        return found[0] if len(found) == 1 else None
    named = [model for model in found if _named(model, value)]
    return named[0] if len(named) == 1 else None


def _named(model: type[BaseModel], value: Mapping[str, Any]) -> bool:
    fixed = {key: literals(info.annotation) for key, info in model.model_fields.items()}
    return any(key in value and value[key] in known for key, known in fixed.items() if known)


def labelled(annotation: Any, label: str | int) -> type[BaseModel] | None:
    """The section that pydantic calls `label` in the place of an error inside a union."""
    found = models(annotation)
    tagged = [
        model for model in found if any(label in literals(i.annotation) for i in model.model_fields.values())
    ]
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
