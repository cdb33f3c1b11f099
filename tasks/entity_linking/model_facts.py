"""The small file of a model that says what it is, and which knowledge base it was trained with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nlpx.errors import RunError
from nlpx.runs.atomic import atomic_json
from nlpx.runs.reading import read_object

VERSION = 1
"""Of the files of all models; another one means that they are read differently."""


def write_facts(path: Path, type: str, knowledge_base: str, **more: Any) -> None:
    """Write what is needed to load a model of a type.

    Args:
        knowledge_base: its `base_fingerprint`.
        more: what JSON can hold.
    """
    atomic_json(path, {"version": VERSION, "type": type, "knowledge_base": knowledge_base, **more})


def read_facts(path: Path, type: str) -> dict[str, Any]:
    """What `write_facts` wrote.

    Raises:
        RunError: the file is missing or damaged, or of another model or version.
    """
    facts = read_object(path)
    if facts.get("version") != VERSION or facts.get("type") != type:
        raise RunError(f"{path} is of another model or another version of nlpx", "Train again.")
    return facts
