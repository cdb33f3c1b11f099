"""Reads a config: default < file < NLPX_SET < --set; all that is wrong is said at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from nlpx.config.base import ExperimentConfig, slug
from nlpx.config.document import Document, KeyPath, Mark, Problem, dotted
from nlpx.config.overrides import SET_VARIABLE, apply_overrides
from nlpx.config.paths import PathContext
from nlpx.config.settings import DEFAULT, Issue, Place, Settings, file_place
from nlpx.config.validate import validate
from nlpx.config.wording import came, did_you_mean, one_of
from nlpx.config.yaml_reader import MAX_BYTES, read_yaml
from nlpx.errors import ConfigError


@dataclass(frozen=True)
class LoadedConfig:
    """A config and its history.

    Args:
        config: the model, defaults filled in.
        origins: for every resolved value by its dotted key: `default`, `configs/ner.yaml:12:3`, `NLPX_SET`,
            `--set`.
        source: the YAML as its writer wrote it; empty where there was no file.
        path: the file, or None.
    """

    config: Any
    origins: dict[str, str]
    source: str
    path: Path | None


def load(
    path: Path | None,
    model: type[ExperimentConfig],
    *,
    sets: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
) -> LoadedConfig:
    """Read a config file, if there is one, and lay the overrides over it.

    Args:
        path: the YAML file; None to start from the defaults.
        model: the task's config model.
        sets: `key.path=VALUE` texts, from `--set`.
        env: the environment, for `NLPX_SET` and for variables in paths; None for that of the process.
        values: values of flags of their own, by dotted key, such as `{"seed": 3}` for `--seed 3`; they win
            over all else, and None stands for a flag that was not given.

    Raises:
        ConfigError: the file cannot be read, or something in it or in an override is wrong; a line each.
    """
    env = os.environ if env is None else env
    data = b"" if path is None else read_bytes(path)
    name = DEFAULT if path is None else str(path)
    settings, issues, fatal = _gather(data, name, model, env, sets, values)
    config = None
    if not fatal:
        if path is not None and "name" not in settings.tree:
            settings.tree["name"] = slug(path.stem)
            settings.record(("name",), "", Place((0, 0, 0), DEFAULT, DEFAULT))
        folder = Path.cwd() if path is None else path.parent
        config, more = validate(model, settings, PathContext(folder, env))
        known = {issue.path for issue in issues}
        issues += [issue for issue in more if issue.path not in known or not issue.path]
    if issues or config is None:
        raise config_error(name, issues, str(settings.tree.get("task", "TASK")))
    return LoadedConfig(config, _origins(config, settings), data.decode("utf-8-sig"), path)


def _gather(
    data: bytes,
    name: str,
    model: type[ExperimentConfig],
    env: Mapping[str, str],
    sets: Sequence[str],
    values: Mapping[str, Any] | None,
) -> tuple[Settings, list[Issue], bool]:
    """All layers on top of each other; what was wrong; and whether that keeps the rest from making sense."""
    document = read_yaml(data)
    settings = Settings.of_document(document, name)
    issues = [Issue(file_place(name, mark), path, text) for mark, path, text in problems_of(document)]
    fatal = bool(issues) and not isinstance(document.value, dict)
    issues += apply_overrides(settings, model, env.get(SET_VARIABLE, ""), sets, values)
    return settings, issues, fatal


def problems_of(document: Document) -> list[Problem]:
    """What is wrong with a document that should be a config."""
    problems = list(document.problems)
    if not problems and document.value is not None and not isinstance(document.value, dict):
        problems.append(Problem(Mark(1, 1), (), f"came {came(document.value)}; wanted `key: value` lines"))
    return problems


def read_bytes(path: Path) -> bytes:
    """The bytes of a config file, not many more than allowed.

    Raises:
        ConfigError: there is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        there = [other.name for other in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        close = get_close_matches(path.name, there, n=1)
        hint = f"did you mean {path.parent / close[0]}?" if close else "give the path of a YAML file"
        raise ConfigError(f"{path}: there is no such file", hint) from error
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror}", "give the path of a YAML file"
        ) from error


def config_error(name: str, issues: Sequence[Issue], task: str = "TASK") -> ConfigError:
    """One error for all issues, in file order, then in the order of the overrides."""
    lines = [issue.line() for issue in sorted(issues, key=lambda issue: issue.place.order)]
    lines = list(dict.fromkeys(lines))
    what = (
        f"{name if name != DEFAULT else 'the config'} has {len(lines)} error{'s' if len(lines) > 1 else ''}"
    )
    return ConfigError(
        what, f"`nlpx config init {task}` prints every key with its meaning and default", lines
    )


def find_task(
    path: Path, names: Sequence[str], *, sets: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> str:
    """The task that a config file is for: its key `task`.

    Raises:
        ConfigError: the file cannot be read, names no task, or one that is not in `names`.
    """
    env = os.environ if env is None else env
    settings, issues, fatal = _gather(read_bytes(path), str(path), ExperimentConfig, env, sets, None)
    if fatal:
        raise config_error(str(path), issues)
    task = settings.tree.get("task")
    if task in names:
        return str(task)
    place = settings.value_place(("task",))
    missing = "task" not in settings.tree
    text = "missing" if missing else f"came {came(task)}"
    hint = "" if missing else did_you_mean(task, names)
    raise config_error(str(path), [Issue(place, ("task",), f"{text}; wanted {one_of(names)}{hint}")])


def _origins(config: ExperimentConfig, settings: Settings) -> dict[str, str]:
    return {dotted(path): settings.origin(path) for path, _ in leaves(config.model_dump(mode="json"))}


def leaves(value: Any, path: KeyPath = ()) -> list[tuple[KeyPath, Any]]:
    """All values that are no sections or lists, and the empty ones of those."""
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [leaf for key, child in children for leaf in leaves(child, (*path, key))] or [(path, value)]
