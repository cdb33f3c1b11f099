"""Paths in configs: variables expand, and relative paths mean what their writer meant."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticSerializationUnexpectedValue

from nlpx.config.catalogue import require_file
from nlpx.config.data_folder import DATA_VARIABLE, data_folder

__all__ = ["DataPath", "PathContext", "TextFrom", "expand_path", "require_file"]

CONTEXT_KEY = "paths"

_VARIABLE = re.compile(r"\$\$|\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class TextFrom(str):
    """A text that knows the folder its relative path starts from, where that is not the YAML's folder."""

    folder: Path

    def __new__(cls, text: str, folder: Path) -> TextFrom:
        made = super().__new__(cls, text)
        made.folder = folder
        return made


@dataclass(frozen=True)
class PathContext:
    """What a path in a config is read against.

    Args:
        folder: where relative paths start: the YAML's folder.
        env: the environment that `${NAME}` is looked up in.
    """

    folder: Path = field(default_factory=Path.cwd)
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)


def expand_path(text: str, context: PathContext) -> Path:
    """The absolute path that a text in a config means.

    `${NAME}` is replaced from the environment, `$$` is one dollar sign, a leading `~` is the home folder.

    Raises:
        PydanticCustomError: a variable is unknown, empty or not a name; or the text is empty.
    """
    if not text.strip():
        raise PydanticCustomError("path_empty", "came an empty text; wanted a path")
    expanded = Path(_VARIABLE.sub(lambda match: _replace(match, context), text)).expanduser()
    base = text.folder if isinstance(text, TextFrom) else context.folder
    return _tidy(base.absolute() / expanded)


def _replace(match: re.Match[str], context: PathContext) -> str:
    name = match[1]
    if name is None:
        return "$"
    if name == DATA_VARIABLE:
        return str(data_folder(context.folder, context.env))
    if not _NAME.fullmatch(name):
        raise PydanticCustomError(
            "variable_name", "came {name}; wanted a variable's name", {"name": match[0]}
        )
    if not context.env.get(name):
        raise _unknown(name, context.env)
    return context.env[name]


def _unknown(name: str, env: Mapping[str, str]) -> PydanticCustomError:
    state = "is empty" if name in env else "is not set"
    close = get_close_matches(
        name, [known for known in (*env, DATA_VARIABLE) if known != name], n=1, cutoff=0.75
    )
    hint = f"; did you mean ${{{close[0]}}}?" if close else ""
    return PydanticCustomError(
        "variable_unknown",
        "the environment variable {name} {state}; wanted a path{hint}",
        {"name": name, "state": state, "hint": hint},
    )


def _tidy(path: Path) -> Path:
    """Take out `..` where that leads to the same file, which it need not where a folder is a link."""
    tidy = Path(os.path.normpath(path))
    return tidy if ".." not in path.parts or tidy.resolve() == path.resolve() else path


def _validate(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str):
        return value if isinstance(value, Path) and value.is_absolute() else _relative(value, info)
    return expand_path(value, _context(info))


def _relative(value: Any, info: ValidationInfo) -> Any:
    return _context(info).folder / value if isinstance(value, Path) else value


def _context(info: ValidationInfo) -> PathContext:
    return (info.context or {}).get(CONTEXT_KEY) or PathContext()


def _write(path: Any) -> str:
    if not isinstance(
        path, Path
    ):  # in a union the value may belong to another member; this makes pydantic try it
        raise PydanticSerializationUnexpectedValue("not a path")
    return str(path).replace("$", "$$")


DataPath = Annotated[
    Path,
    BeforeValidator(_validate),
    PlainSerializer(_write, return_type=str),
    WithJsonSchema({"type": "string", "format": "path"}),
]
"""A path in a config; always absolute once read. See `expand_path`."""
