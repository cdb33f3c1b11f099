"""One line of text for one pydantic error, or for the group of errors that an untagged union makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from nlpx.config.document import KeyPath, dotted
from nlpx.config.shape import annotation_at, below, chosen, discriminator, field_at, models
from nlpx.config.wording import came, choices_of, did_you_mean, one_of, wanted, wanted_type

Error = Mapping[str, Any]

NOT_TEXT = {"a whole number", "a number", "a finite number", "true or false"}
QUOTES = ": put it in quotes"


def explain(model: type[BaseModel], tree: Any, path: KeyPath, errors: Sequence[Error]) -> str:
    """What came at `path` and what was wanted; several errors are alternatives of one value."""
    error = errors[0]
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown_key(model, tree, path)
    if kind == "missing":
        return _missing(model, tree, path)
    if kind == "union_tag_not_found":
        return f"missing; wanted {one_of(_tags(model, tree, path[:-1]))}"
    if kind == "union_tag_invalid":
        choices = choices_of(error)
        value = below(error["input"], path[-1])
        return f"came {came(value)}; wanted {one_of(choices)}{did_you_mean(value, choices)}"
    if kind in ("value_error", "assertion_error"):
        return str(error["ctx"]["error"])
    return _wrong_value(model, tree, path, errors)


def _wrong_value(model: type[BaseModel], tree: Any, path: KeyPath, errors: Sequence[Error]) -> str:
    field = field_at(model, path, tree)
    metadata = field.metadata if field else ()
    wants = list(dict.fromkeys(filter(None, (wanted(error, metadata) for error in errors))))
    value = errors[0]["input"]
    if not wants:
        return str(errors[0]["msg"])
    kind = " (text)" if isinstance(value, str) and set(wants) <= NOT_TEXT else ""
    text = f"came {came(value)}{kind}; wanted {' or '.join(wants)}"
    if value is None and any("section" in want for want in wants):
        text += ": give it keys, or take the line out"
    if isinstance(value, bool | int | float) and any(want in ("text", "a path") for want in wants):
        text += QUOTES
    return text + did_you_mean(value, [choice for error in errors for choice in choices_of(error)])


def _unknown_key(model: type[BaseModel], tree: Any, path: KeyPath) -> str:
    *above, key = path
    annotation = annotation_at(model, tuple(above), tree)
    for part in above:
        tree = below(tree, part)
    section = chosen(annotation, tree)
    if section is None:
        return "unknown key"
    own = list(section.model_fields)
    if hint := did_you_mean(key, own):
        return f"unknown key{hint}"
    others = [other for other in models(annotation) if key in other.model_fields]
    tag = discriminator(annotation)
    if others and tag:
        kinds = [str(other.model_fields[tag].default) for other in others]
        return f"unknown key where {tag} is {tree.get(tag)}; it goes with {tag}: {' or '.join(kinds)}"
    if homes := _homes(model, str(key)):
        return f"unknown key here; did you mean {homes[0]}?"
    return f"unknown key; wanted {one_of(own)}" if own else "unknown key; wanted none"


def _homes(model: type[BaseModel], key: str, above: KeyPath = (), depth: int = 3) -> list[str]:
    """Where in the config a key of that name exists."""
    found = [dotted((*above, key))] if key in model.model_fields else []
    for name, field in model.model_fields.items() if depth else ():
        for section in models(field.annotation):
            found += _homes(section, key, (*above, name), depth - 1)
    return found


def _missing(model: type[BaseModel], tree: Any, path: KeyPath) -> str:
    field = field_at(model, path, tree)
    if field is None:
        return "missing; wanted a value"
    about = f": {field.description.rstrip('.')}" if field.description else ""
    return f"missing; wanted {wanted_type(field.annotation)}{about}"


def _tags(model: type[BaseModel], tree: Any, path: KeyPath) -> list[str]:
    annotation = annotation_at(model, path, tree)
    tag = discriminator(annotation)
    return [str(section.model_fields[tag].default) for section in models(annotation)] if tag else ["a value"]
