"""A starter file for a task: every key, what it means and its default.

A line is prose (`# ` and a word), or YAML, or YAML put to sleep (`#` right before the key): take that `#`
away and the key holds what it would hold anyway.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from nlpx.config.dump import dump_inline
from nlpx.config.schema import schema_line
from nlpx.config.shape import discriminator, is_model, literals, models, variants
from nlpx.config.wording import bounds, limits, one_of

WIDTH = 88
INDENT = "  "
_HOW = (
    "Keys that must be given stand without '#'. All others show their defaults: to change one, take the '#' "
    "in front of it away, and those of the sections it is in. Relative paths start at this file; ${NAME} is "
    "a variable of the environment, and ${NLPX_DATA} the data folder, data/ of the project by default."
)


def starter(model: type[BaseModel], task: str, name: str, schema_file: str) -> str:
    """The text of a starter file that loads as it is.

    Args:
        model: the task's config model.
        task: the task's name.
        name: the experiment's name by default: the name of the file without its ending.
        schema_file: where the JSON Schema lies, as seen from the starter file; editors read it.
    """
    about = (model.__doc__ or task).strip().splitlines()[0]
    head = [schema_line(schema_file).rstrip(), *_prose(about, ""), *_prose(_HOW, "")]
    return "\n".join([*head, *_section(model, {"task": task, "name": name}, "", asleep=False)]) + "\n"


def _section(
    model: type[BaseModel],
    values: Mapping[str, Any],
    indent: str,
    *,
    asleep: bool,
) -> Iterator[str]:
    """The lines of all keys of a section; in a sleeping section they carry no `#` of their own."""
    for key, field in model.model_fields.items():
        if not indent:
            yield ""
        yield from _prose(_about(field), indent)
        value = values[key] if key in values else _value(key, field)
        awake = asleep or field.is_required() or (key == "task" and not indent)
        yield from _entry(key, value, indent, "" if awake else "#", asleep=asleep)


def _entry(key: str, value: Any, indent: str, mark: str, *, asleep: bool) -> Iterator[str]:
    section = type(value) if isinstance(value, BaseModel) else value if is_model(value) else None
    if section is None:
        yield f"{indent}{mark}{key}: {dump_inline(_plain(value))}"
        return
    yield f"{indent}{mark}{key}:"
    inside = {} if is_model(value) else dict(value)
    for line in _section(section, inside, indent + INDENT, asleep=asleep or bool(mark)):
        yield f"{indent}{mark}{line.removeprefix(indent)}" if mark else line


def _value(key: str, field: FieldInfo) -> Any:
    """What a key holds: its default, an example, or a placeholder."""
    if not field.is_required():
        return field.get_default(call_default_factory=True)
    return field.examples[0] if field.examples else _placeholder(key, field)


def _placeholder(key: str, field: FieldInfo) -> Any:
    """Something of the wanted type; for a section, its model."""
    if sections := models(field.annotation):
        return sections[0]
    if choices := literals(field.annotation):
        return choices[0]
    kinds = variants(field.annotation)
    if Path in kinds:
        return f"{key}.txt"
    if int in kinds or float in kinds:
        return _number(field)
    return key if str in kinds else False if bool in kinds else []


def _number(field: FieldInfo) -> int | float:
    """A number within the field's bounds."""
    known = bounds(field.metadata)
    low, high = known.get("ge", known.get("gt", 0)), known.get("le", known.get("lt"))
    if "ge" in known:
        return low
    return low + 1 if high is None or low + 1 < high else (low + high) / 2


def _about(field: FieldInfo) -> str:
    """Description, choices and bounds of a key."""
    notes = []
    tag = discriminator(field.annotation)
    if tag:
        kinds = [str(section.model_fields[tag].default) for section in models(field.annotation)]
        notes.append(f"{tag}: {one_of(kinds, most=len(kinds))}")
    if len(choices := literals(field.annotation)) > 1:
        notes.append(one_of(choices, most=len(choices)))
    if words := limits(field.metadata):
        notes.append(words)
    text = field.description or ""
    return f"{text} ({'; '.join(notes)})".strip() if notes else text


def _prose(text: str, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in textwrap.wrap(text, WIDTH - len(indent) - 2)]


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return str(value) if isinstance(value, Path) else value.value if isinstance(value, Enum) else value
