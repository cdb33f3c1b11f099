"""What differs between two nested settings, key by key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


class _Missing:
    """Stands for a key that one side does not have, so that it cannot be mistaken for null."""

    def __repr__(self) -> str:
        return "(not set)"


MISSING = _Missing()
MAX_DEPTH = 50


def flatten(value: Any, prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Nested settings as ``{"training.epochs": 3}``; lists of plain values stay whole, empty parts stay."""
    if depth < MAX_DEPTH:
        if isinstance(value, Mapping) and value:
            items = [(str(key), item) for key, item in value.items()]
            return _join(items, prefix, depth)
        if isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
            return _join([(str(index), item) for index, item in enumerate(value)], prefix, depth)
    # Nothing at all is no key, but an empty part below some key is worth telling from a missing one.
    return {prefix: list(value) if isinstance(value, tuple) else value} if prefix else {}


def _join(items: list[tuple[str, Any]], prefix: str, depth: int) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, item in items:
        flat |= flatten(item, f"{prefix}.{key}" if prefix else key, depth + 1)
    return flat


def config_diff(
    old: Mapping[str, Any], new: Mapping[str, Any], ignore: Collection[str] = ()
) -> list[tuple[str, Any, Any]]:
    """Keys whose values differ, with both values, in the order of the configs.

    A side that has no such key gives `MISSING`.

    Args:
        old, new: resolved configs as plain values.
        ignore: keys to leave out, together with everything below them.
    """
    before, after = flatten(old), flatten(new)
    return [
        (key, before.get(key, MISSING), after.get(key, MISSING))
        for key in dict.fromkeys((*before, *after))
        if not _same(before.get(key, MISSING), after.get(key, MISSING)) and not _ignored(key, ignore)
    ]


def without_parts_of_others(pairs: list[tuple[str, Any, Any]]) -> list[tuple[str, Any, Any]]:
    """The differences without those inside a section whose ``type`` differs: another type has other keys anyway."""
    changed = [key.removesuffix("type") for key, _, _ in pairs if key.endswith(".type")]
    return [
        pair
        for pair in pairs
        if not any(pair[0].startswith(section) and pair[0] != f"{section}type" for section in changed)
    ]


def _same(left: Any, right: Any) -> bool:
    # True == 1 in Python, but a switch and a number are different settings; 1 and 1.0 are the same one.
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _ignored(key: str, ignore: Collection[str]) -> bool:
    return any(key == name or key.startswith(f"{name}.") for name in ignore)


def short_keys(keys: Collection[str]) -> dict[str, str]:
    """Each dotted key's shortest ending that no other key shares: ``encoder.units`` becomes ``units``."""
    short = {}
    for key in keys:
        parts = key.split(".")
        endings = [".".join(parts[start:]) for start in range(len(parts) - 1, -1, -1)]
        others = [other for other in keys if other != key]
        short[key] = next(
            (end for end in endings if not any(f".{o}".endswith(f".{end}") for o in others)), key
        )
    return short
