"""Reads a config: default < file < NLPX_SET < --set; all that is wrong is said at once."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlpx.config.base import ExperimentConfig, slug
from nlpx.config.document import KeyPath, dotted
from nlpx.config.layers import config_error, gather, read_bytes
from nlpx.config.paths import PathContext
from nlpx.config.settings import DEFAULT_PLACE, FILE, Issue, Settings
from nlpx.config.shape import literals
from nlpx.config.validate import validate
from nlpx.config.wording import came, did_you_mean, one_of
from nlpx.errors import ConfigError
from nlpx.runs.folder import PRETRAINING


@dataclass(frozen=True)
class LoadedConfig:
    """A config and its history.

    Args:
        config: the model, defaults filled in.
        origins: for every resolved value by its dotted key: `default`, `configs/ner.yaml:12:3`, `NLPX_SET`,
            `--set`, or `--seed` for a flag of its own.
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
        ConfigError: the file cannot be read or is of another task, or something in it or in an override is wrong; a
            line each.
    """
    env = os.environ if env is None else env
    data = b"" if path is None else read_bytes(path)
    layers = gather(path, data, model, env, sets, values)
    settings, issues, config = layers.settings, layers.issues, None
    if not layers.broken:
        _check_task(settings, model, path, issues)
        _name_after_file(settings, path)
        folder = Path.cwd() if path is None else path.parent
        config, more = validate(model, settings, PathContext(folder, env))
        said = {(issue.path, issue.place) for issue in issues}
        issues += [issue for issue in more if (issue.path, issue.place) not in said]
    if issues or config is None:
        raise config_error(path, issues, str(settings.tree.get("task", "TASK")))
    return LoadedConfig(config, _origins(config, settings), data.decode("utf-8-sig"), path)


def _check_task(
    settings: Settings, model: type[ExperimentConfig], path: Path | None, issues: Sequence[Issue]
) -> None:
    """A file for another task is one mistake, not one for each of its keys; wrong YAML is told beside it."""
    from nlpx.task import task_names

    task, wanted = settings.tree.get("task"), literals(model.model_fields["task"].annotation)
    place = settings.value_place(("task",))
    if not wanted or task in wanted or task not in (*task_names(), PRETRAINING) or place.order[0] != FILE:
        return
    command = "pretrain" if task == PRETRAINING else f"train {task}"
    raise ConfigError(
        f"{place.where}: task: came {came(task)}; wanted {one_of(wanted)}",
        f"if you mean this file: nlpx {command} --config {shlex.quote(str(path))}",
        [issue.line() for issue in issues if issue.place.order[0] == FILE],
    )


def _name_after_file(settings: Settings, path: Path | None) -> None:
    if path is not None and "name" not in settings.tree:
        settings.tree["name"] = slug(path.stem)
        settings.record(("name",), "", DEFAULT_PLACE)


def find_task(
    path: Path, names: Sequence[str], *, sets: Sequence[str] = (), env: Mapping[str, str] | None = None
) -> str:
    """The task that a config file is for: its key `task`.

    Raises:
        ConfigError: the file cannot be read, names no task, or one that is not in `names`.
    """
    env = os.environ if env is None else env
    layers = gather(path, read_bytes(path), ExperimentConfig, env, sets)
    if layers.broken:
        raise config_error(path, layers.issues)
    tree = layers.settings.tree
    task = tree.get("task")
    if task in names:
        return str(task)
    text = f"came {came(task)}" if "task" in tree else "missing"
    hint = did_you_mean(task, names)
    place = layers.settings.value_place(("task",))
    raise config_error(path, [Issue(place, ("task",), f"{text}; wanted {one_of(names)}{hint}")])


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
