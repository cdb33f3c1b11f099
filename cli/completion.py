"""What the shell offers for runs and tasks, read from folder names and package metadata only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def complete_task(incomplete: str) -> list[str]:
    """Names of installed tasks that start with what was typed."""
    from nlpx.task import task_names

    return [name for name in task_names() if name.startswith(incomplete)]


def complete_run(incomplete: str, ctx: Any = None) -> list[str]:
    """Names of runs that start with what was typed."""
    from nlpx.runs.folder import FOLDER_NAME
    from nlpx.runs.store import default_root

    root = runs_dir_of(ctx) or default_root()
    names = {"latest", "best"}
    for task in _folders(root):
        versions = [name for name in _folders(root / task) if FOLDER_NAME.fullmatch(name)]
        names |= {f"{task}/latest", f"{task}/best", *versions, *(f"{task}/{name}" for name in versions)}
    # Names with a task only once something is typed, else every run would be offered twice.
    return sorted(name for name in names if name.startswith(incomplete) and (incomplete or "/" not in name))


def runs_dir_of(ctx: Any) -> Path | None:
    """`--runs-dir` of the command or of any command around it."""
    while ctx is not None:
        if found := ctx.params.get("runs_dir"):
            return Path(found)
        ctx = ctx.parent
    return None


def _folders(path: Path) -> list[str]:
    try:
        with os.scandir(path) as entries:
            return [entry.name for entry in entries if entry.is_dir() and entry.name[0] not in "._"]
    except OSError:
        return []
