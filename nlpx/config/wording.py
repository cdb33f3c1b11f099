"""What came and what was wanted, in words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import annotated_types

from nlpx.config.shape import is_model, literals, variants

SHOWN = 40
LISTED = 10

_WANTED = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "true or false",
    "string": "text",
    "path": "a path",
    "list": "a list, such as [a, b]",
    "tuple": "a list, such as [a, b]",
    "set": "a list, such as [a, b]",
    "dict": "a section of `key: value` lines",
    "mapping": "a section of `key: value` lines",
    "model": "a section of `key: value` lines",
}
_TYPES = {int: "int", float: "float", bool: "bool", str: "string", Path: "path"}
_BOUNDS = {
    "gt": "more than",
    "ge": "at least",
    "lt": "less than",
    "le": "at most",
    "multiple_of": "a multiple of",
}
_CHOICE = re.compile(r"'([^']*)'|(?:^|, | or )(-?[\d.]+|True|False)")


def came(value: Any) -> str:
    """A value as it came, shortened."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a section"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value:g}".replace("inf", ".inf").replace("nan", ".nan")
    text = (
        repr(str(value))
        if isinstance(value, str)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def number(value: float) -> str:
    """A bound: without a decimal point where it has no decimals."""
    return str(int(value)) if float(value).is_integer() else str(value)


def bounds(metadata: Iterable[Any]) -> dict[str, float]:
    """The bounds of a field by their kind: gt, ge, lt, le, multiple_of."""
    found = {
        name: getattr(item, name, None) for item in _flat(metadata) for name in _BOUNDS if hasattr(item, name)
    }
    return {name: value for name, value in found.items() if value is not None}


def limits(metadata: Iterable[Any]) -> str:
    """The bounds of a field in words: `more than 0 and at most 1`; empty where it has none."""
    return " and ".join(f"{_BOUNDS[name]} {number(value)}" for name, value in bounds(metadata).items())


def _flat(metadata: Iterable[Any]) -> Iterable[Any]:
    for item in metadata:
        yield from item if isinstance(item, annotated_types.GroupedMetadata) else [item]


def one_of(choices: Sequence[Any], most: int = LISTED) -> str:
    """`one of a, b, c`."""
    shown = [str(choice).lower() if isinstance(choice, bool) else str(choice) for choice in choices[:most]]
    more = f", … ({len(choices)} in all)" if len(choices) > most else ""
    return f"one of {', '.join(shown)}{more}" if len(choices) > 1 else shown[0]


def did_you_mean(word: Any, choices: Sequence[Any]) -> str:
    """`; did you mean adam?`, or nothing where nothing is near."""
    known = {str(choice).lower(): str(choice) for choice in choices}
    close = get_close_matches(str(word).lower(), list(known), n=1)
    return f"; did you mean {known[close[0]]}?" if close and isinstance(word, str) else ""


def wanted_type(annotation: Any) -> str:
    """What a field takes, for a key that is missing."""
    words: list[str] = []
    choices = literals(annotation)
    for found in variants(annotation):
        kind = "model" if is_model(found) else _TYPES.get(found, getattr(found, "__name__", ""))
        if kind in _WANTED and _WANTED[kind] not in words:
            words.append(_WANTED[kind])
    return " or ".join([*([one_of(choices)] if choices else []), *words]) or "a value"


def wanted(error: Mapping[str, Any], metadata: Iterable[Any] = ()) -> str:
    """What pydantic wanted; empty where its message says something else than that."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in ("literal_error", "enum"):
        return one_of(choices_of(error))
    if bound := next((name for name in _BOUNDS if name in context), None):
        return limits(metadata) or f"{_BOUNDS[bound]} {number(context[bound])}"
    if "pattern" in context:
        return f"text that matches {context['pattern']}"
    for name, words in (("min_length", "at least"), ("max_length", "at most")):
        if name in context:
            return f"{words} {context[name]} {'characters' if kind.startswith('string') else 'items'}"
    root = kind.split("_")[0]
    return (
        _WANTED.get(root, "") if kind.split("_")[-1] in ("type", "parsing", "number", "float", "size") else ""
    )


def choices_of(error: Mapping[str, Any]) -> list[str]:
    """The values that a failed choice offers."""
    context = error.get("ctx", {})
    text = str(context.get("expected") or context.get("expected_tags") or "")
    return [quoted or plain for quoted, plain in _CHOICE.findall(text)]
