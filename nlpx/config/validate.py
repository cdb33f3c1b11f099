"""From plain values to a model, or to every issue there is, each with its place."""

from __future__ import annotations

import math
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from nlpx.config.document import KeyPath
from nlpx.config.explain import Error, explain
from nlpx.config.locate import Location, kind_of, locate
from nlpx.config.paths import CONTEXT_KEY, PathContext
from nlpx.config.settings import DEFAULT_PLACE, Issue, Settings
from nlpx.config.shape import annotation_at, below, chosen, discriminator, variants
from nlpx.config.wording import came, wanted_type

ModelT = TypeVar("ModelT", bound=BaseModel)


def validate(
    model: type[ModelT], settings: Settings, paths: PathContext
) -> tuple[ModelT | None, list[Issue]]:
    """The config, or None and what is wrong."""
    fill_kinds(model, settings.tree, settings)
    issues = _odd_numbers(model, settings)
    try:
        config = model.model_validate(settings.tree, context={CONTEXT_KEY: paths})
    except ValidationError as error:
        odd = {issue.path for issue in issues}
        more = _issues(model, settings, error.errors(include_url=False))
        return None, issues + [issue for issue in more if issue.path not in odd]
    return (None if issues else config), issues


def fill_kinds(model: type[BaseModel], tree: Any, settings: Settings, above: KeyPath = ()) -> None:
    """Where a section does not say which kind it is, it is of the kind that the default is."""
    for key, field in model.model_fields.items():
        value = tree.get(key)
        if not isinstance(value, dict):
            continue
        tag = discriminator(field.annotation)
        default = None if field.is_required() else field.default
        if tag and tag not in value and hasattr(default, tag):
            value[tag] = getattr(default, tag)
            settings.record((*above, key, tag), value[tag], DEFAULT_PLACE)
        if (section := chosen(field.annotation, value)) is not None:
            fill_kinds(section, value, settings, (*above, key))


def _odd_numbers(model: type[BaseModel], settings: Settings) -> list[Issue]:
    """pydantic takes true for 1, and infinity for a number."""
    issues = []
    for path, place in settings.values.items():
        value: Any = settings.tree
        for part in path:
            value = below(value, part)
        if isinstance(value, float) and not math.isfinite(value):
            issues.append(Issue(place, path, f"came {came(value)}; wanted a finite number"))
        if isinstance(value, bool):
            kinds = variants(annotation_at(model, path, settings.tree))
            if kinds and all(kind in (int, float) for kind in kinds):
                issues.append(
                    Issue(place, path, f"came {str(value).lower()}; wanted {wanted_type(kinds[0])}")
                )
    return issues


def _issues(model: type[BaseModel], settings: Settings, errors: list[Any]) -> list[Issue]:
    groups: dict[KeyPath, list[tuple[Location, Error]]] = {}
    for error in errors:
        found = locate(model, error["loc"], settings.tree)
        if error["type"].startswith("union_tag"):
            tag = str(error["ctx"]["discriminator"]).strip("'")
            found = found._replace(path=(*found.path, tag))
        groups.setdefault(found.path if found.union is None else found.union, []).append((found, error))
    issues = []
    for union, group in groups.items():
        by_path: dict[KeyPath, list[Error]] = {}
        for found, error in _meant(settings.tree, union, group):
            by_path.setdefault(found.path, []).append(error)
        issues += [_issue(model, settings, path, alike) for path, alike in by_path.items()]
    return issues


def _meant(tree: Any, union: KeyPath, group: list[tuple[Location, Error]]) -> list[tuple[Location, Error]]:
    """Of the errors that the members of a union make, those of the members that the value is meant for."""
    if group[0][0].union is None:
        return group
    value = tree
    for part in union:
        value = below(value, part)
    fitting = [pair for pair in group if pair[0].kind == kind_of(value)]
    if not fitting or kind_of(value) == "scalar":
        return fitting or [pair for pair in group if pair[0].path == union] or group
    members: dict[str, list[tuple[Location, Error]]] = {}
    for pair in fitting:
        members.setdefault(pair[0].member, []).append(pair)
    return min(members.values(), key=len)


def _issue(model: type[BaseModel], settings: Settings, path: KeyPath, errors: list[Error]) -> Issue:
    at_key = errors[0]["type"] in ("extra_forbidden", "missing", "union_tag_not_found", "value_error")
    place = settings.key_place(path) if at_key else settings.value_place(path)
    return Issue(place, path, explain(model, settings.tree, path, errors))
