"""The layers of a config on top of each other: the file, NLPX_SET, `--set`, flags of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from nlpx.config.document import Document, Mark, Problem
from nlpx.config.overrides import SET_VARIABLE, apply_overrides
from nlpx.config.settings import FILE, Issue, Settings, file_place
from nlpx.config.wording import came
from nlpx.config.yaml_reader import MAX_BYTES, read_yaml
from nlpx.errors import ConfigError


@dataclass
class Layers:
    """What was set, and what was wrong with how it was set.

    Args:
        settings: all values with their places.
        issues: what could not be read or applied.
        broken: whether the file made no sense, so that nothing more can be said about it.
    """

    settings: Settings
    issues: list[Issue]
    broken: bool


def gather(
    path: Path | None,
    data: bytes,
    model: type[BaseModel],
    env: Mapping[str, str],
    sets: Sequence[str] = (),
    values: Mapping[str, Any] | None = None,
) -> Layers:
    """Read the bytes of a file and lay the overrides over them."""
    settings, issues = Settings(), []
    if path is not None:
        document = read_yaml(data)
        settings = Settings.of_document(document, str(path))
        issues = [Issue(file_place(str(path), mark), key, text) for mark, key, text in _problems(document)]
    broken = bool(issues) and not settings.tree
    issues += apply_overrides(settings, model, env.get(SET_VARIABLE, ""), sets, values)
    return Layers(settings, issues, broken)


def _problems(document: Document) -> list[Problem]:
    if document.problems or document.value is None or isinstance(document.value, dict):
        return document.problems
    return [Problem(Mark(1, 1), (), f"came {came(document.value)}; wanted `key: value` lines")]


def read_bytes(path: Path) -> bytes:
    """The bytes of a config file, not many more than allowed.

    Raises:
        ConfigError: there is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file", _near(path)) from error
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror}", "give the path of a YAML file"
        ) from error


def _near(path: Path) -> str:
    there = {other.stem: other for other in path.parent.glob("*.y*ml")} if path.parent.is_dir() else {}
    close = get_close_matches(path.stem, list(there), n=1)
    return f"did you mean {there[close[0]]}?" if close else "give the path of a YAML file"


def _where(path: Path | None, issues: Sequence[Issue]) -> str:
    """The file, or what was laid on top of it where all that is wrong stands there."""
    if issues and all(issue.place.order[0] != FILE for issue in issues):
        return ", ".join(dict.fromkeys(issue.place.origin for issue in issues))
    return str(path or "the config")


def config_error(path: Path | None, issues: Sequence[Issue], task: str = "TASK") -> ConfigError:
    """One error for all issues, in file order, then in the order of the overrides."""
    ordered = sorted(issues, key=lambda issue: issue.place.order)
    lines = list(dict.fromkeys(issue.line() for issue in ordered))
    what = f"{_where(path, ordered)} has {len(lines)} error{'s' if len(lines) > 1 else ''}"
    return ConfigError(
        what, f"`nlpx config init {task}` prints every key with its meaning and default", lines
    )
