"""`key.path=VALUE` on top of a file: from the variable NLPX_SET, from `--set`, from flags of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from nlpx.config.document import KeyPath
from nlpx.config.paths import TextFrom
from nlpx.config.settings import DEFAULT_PLACE, ENVIRONMENT, FLAG, VALUES, Issue, Place, Settings
from nlpx.config.shape import annotation_at, below, element, field_at, variants
from nlpx.config.yaml_reader import read_yaml

SET_VARIABLE = "NLPX_SET"
SHOWN = 60

# Runs of anything but separators; quoted separators belong to their run, a lone quote is like any character.
_SETTING = re.compile(r"""(?:"[^"\n]*"|'[^'\n]*'|[^;\n])+""")


class OverrideError(ValueError):
    """What is wrong with one override."""


def split_variable(text: str) -> list[str]:
    """The settings in NLPX_SET: separated by `;` or by newlines; a `;` in quotes belongs to its value."""
    return [found.strip() for found in _SETTING.findall(text) if found.strip()]


def apply_overrides(
    settings: Settings,
    model: type[BaseModel],
    variable: str,
    sets: Sequence[str],
    values: Mapping[str, Any] | None,
) -> list[Issue]:
    """Change `settings` by NLPX_SET, `--set` and flags of their own; what cannot be applied is returned.

    A value is read like one in the YAML file, save that `name=2020` needs no quotes where text is wanted.
    `a.0.b` reaches into a list; the index behind the last item appends.
    """
    issues = []
    for text, place in _texts(variable, sets):
        try:
            path, value = _parse(text)
            if isinstance(value, int | float) and _wants_text(model, path, settings.tree):
                value = TextFrom(text.partition("=")[2].strip(), Path.cwd())
            apply_override(settings, path, value, place, model)
        except OverrideError as error:
            issues.append(Issue(place, (), str(error)))
    for number, (key, value) in enumerate((values or {}).items()):
        place = Place((VALUES, number, 0), f"--{key}", f"--{key}")
        if value is not None:
            apply_override(settings, tuple(key.split(".")), _local(value), place, model)
    return issues


def _wants_text(model: type[BaseModel], path: KeyPath, tree: Any) -> bool:
    kinds = variants(annotation_at(model, path, tree))
    return bool(kinds) and all(kind in (str, Path) for kind in kinds)


def _texts(variable: str, sets: Sequence[str]) -> Iterator[tuple[str, Place]]:
    layers = ((ENVIRONMENT, SET_VARIABLE, split_variable(variable)), (FLAG, "--set", sets))
    for layer, name, texts in layers:
        for number, text in enumerate(texts):
            shown = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
            yield text, Place((layer, number, 0), f"{name} {shown}", name)


def _parse(text: str) -> tuple[KeyPath, Any]:
    key, equals, value = text.partition("=")
    path = tuple(part.strip() for part in key.split("."))
    if not equals:
        raise OverrideError("came no '='; wanted key.path=VALUE")
    if not all(path):
        raise OverrideError("came an empty key; wanted key.path=VALUE")
    document = read_yaml(value)
    if document.problems:
        raise OverrideError(f"VALUE is no YAML: {document.problems[0].message}")
    return path, _local(document.value)


def _local(value: Any) -> Any:
    """Relative paths typed in a shell start where the shell is, not where the YAML file is."""
    if isinstance(value, dict):
        return {key: _local(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_local(item) for item in value]
    return TextFrom(value, Path.cwd()) if isinstance(value, str) else value


def apply_override(
    settings: Settings, path: KeyPath, value: Any, place: Place, model: type[BaseModel]
) -> None:
    """Set one value; sections that are missing on the way are made, lists start as they are by default.

    Raises:
        OverrideError: an index that is none, or lies outside its list.
    """
    node: Any = settings.tree
    done: KeyPath = ()
    for part in path[:-1]:
        step = _step(node, part)
        done = (*done, step)
        if not isinstance(below(node, step), dict | list):
            items = _default_list(model, done, settings.tree) if str(path[len(done)]).isdigit() else None
            _put(node, step, {} if items is None else items)
            settings.record(done, items, place if items is None else DEFAULT_PLACE)
        node = node[step]
    step = _step(node, path[-1])
    _put(node, step, value)
    settings.record((*done, step), value, place)


def _default_list(model: type[BaseModel], path: KeyPath, tree: Any) -> list[Any] | None:
    """The default of a key that holds a list, as plain values; None where it holds something else."""
    field = field_at(model, path, tree)
    if field is None or element(field.annotation, 0) is None:
        return None
    default = [] if field.is_required() else field.get_default(call_default_factory=True) or []
    return [item.model_dump(mode="json") if isinstance(item, BaseModel) else item for item in default]


def _step(node: dict[str, Any] | list[Any], part: str | int) -> str | int:
    if isinstance(node, dict):
        return str(part)
    if not re.fullmatch(r"[0-9]{1,6}", str(part)) or int(part) > len(node):
        raise OverrideError(f"came the index {part}; wanted 0 to {len(node)}, where {len(node)} appends")
    return int(part)


def _put(node: Any, step: str | int, value: Any) -> None:
    if isinstance(step, int) and step == len(node):
        node.append(value)
    else:
        node[step] = value
