"""What a manifest says of code and libraries, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAIN_LIBRARIES = ("keras", "tensorflow", "tensorflow-cpu", "jax", "numpy")


def code(facts: Mapping[str, Any]) -> str:
    """``nlpx 0.1.0, git 1a2b3c4d5e (dirty)``, with a commit for each repository that the code came from."""
    return ", ".join([f"nlpx {facts.get('nlpx', '?')}", *_commits(facts.get("git"))])


def libraries(facts: Mapping[str, Any], names: tuple[str, ...] = MAIN_LIBRARIES) -> list[str]:
    """``keras 3.15.1`` and so on, of those that the run had."""
    found = facts.get("libraries") or {}
    return [f"{name} {found[name]}" for name in names if name in found]


def _commits(states: Any) -> list[str]:
    if not isinstance(states, Mapping):
        return []
    return [
        f"git {str(state.get('commit'))[:10]}{' (dirty)' if state.get('dirty') else ''}"
        for state in states.values()
        if isinstance(state, Mapping)
    ]
