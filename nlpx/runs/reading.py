"""Read files of a run folder so that a damaged one is named, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nlpx.errors import RunError

MAX_CONFIG_BYTES = 1 << 20
MAX_CONFIG_VALUES = 100_000


def read_text(path: Path) -> str:
    """A text file of a run.

    Raises:
        RunError: it is missing, unreadable or not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RunError(
            f"{path} is missing", "the run may have ended before it was written; see: nlpx runs"
        ) from error
    except UnicodeDecodeError as error:
        raise damaged(path, f"not UTF-8 text from byte {error.start} on") from error
    except OSError as error:
        raise RunError(f"cannot read {path}: {error.strerror}") from error


def read_json(path: Path) -> Any:
    """A JSON file of a run.

    Raises:
        RunError: it is missing, cut off or edited by mistake.
    """
    text = read_text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise damaged(path, f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except (ValueError, RecursionError) as error:
        raise damaged(path, str(error)) from error


def read_object(path: Path) -> dict[str, Any]:
    """A JSON file that must hold an object.

    Raises:
        RunError: see `read_json`; also where it holds something else.
    """
    value = read_json(path)
    if not isinstance(value, dict):
        raise damaged(path, f"expected an object, found {type(value).__name__}")
    return value


def read_config(path: Path) -> dict[str, Any]:
    """The resolved config of a run as plain values, unchecked: for comparing, not for training.

    Raises:
        RunError: it is missing or not the YAML that was written.
    """
    import yaml

    text = read_text(path)
    if len(text) > MAX_CONFIG_BYTES:
        raise damaged(path, "larger than any config")
    try:
        value = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise damaged(path, " ".join(str(error).split())) from error
    if not isinstance(value, dict):
        raise damaged(path, "expected keys and values")
    if _explodes(value):
        raise damaged(path, "its anchors repeat more values than any config has")
    return value


def _explodes(value: Any) -> bool:
    # A few lines of anchors can stand for billions of values, or for themselves.
    waiting, seen = [value], 0
    while waiting and seen <= MAX_CONFIG_VALUES:
        item = waiting.pop()
        seen += 1
        waiting += item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return bool(waiting)


def damaged(path: Path, how: str) -> RunError:
    """The error for a file that is there but wrong."""
    return RunError(
        f"{path} is damaged: {how}", "copy it again from where it came from, or train the run again"
    )
