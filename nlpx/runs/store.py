"""The runs folder: claim a new run, list them, find one by the name a user types."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path

from nlpx.errors import RunError
from nlpx.runs.atomic import atomic_write, disk_error
from nlpx.runs.folder import FOLDER_NAME
from nlpx.runs.manifest import Manifest
from nlpx.runs.run import Run
from nlpx.runs.status import write_status

RUNS_VARIABLE = "NLPX_RUNS"
MAX_NAME = 60

LAST_REMOVED = ".last-removed"
"""Holds the highest version that was removed, so that a number in somebody's notes never means another run."""


def default_root() -> Path:
    """The runs folder where no option names one: ``$NLPX_RUNS``, else ``runs`` in the current folder."""
    return Path(os.environ.get(RUNS_VARIABLE) or "runs")


class RunStore:
    """A folder ``<root>/<task>/v0001-<name>/`` of runs; `root` need not exist yet."""

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = default_root() if root is None else Path(root)

    def create(self, task: str, name: str = "") -> Run:
        """Claim the next version of a task and start its run in the name of this process.

        Any number of processes may do this at once; each gets a version of its own.

        Raises:
            RunError: the folder cannot be made, such as on a full disk.
        """
        try:
            run = Run(self._claim(self.root / task, slug(name)))
        except OSError as error:
            raise disk_error(self.root / task, error, 0) from error
        try:
            write_status(run.path, "running")
            Manifest.create(run.path)
        except BaseException:
            shutil.rmtree(run.path, ignore_errors=True)
            raise
        return run

    def _claim(self, folder: Path, name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        version = next_version(folder)
        while True:
            claim = folder / f"v{version:04d}"
            # Only one process can make this folder. The name is added when the version is ours: folders of
            # one version and two names would not collide.
            try:
                claim.mkdir()
            except FileExistsError:
                version += 1
                continue
            if any(run.version == version and run.path != claim for run in _runs_of(folder)):
                claim.rmdir()  # its owner has already added the name
                version += 1
                continue
            return claim.rename(folder / f"{claim.name}-{name}") if name else claim

    def list(self, task: str | None = None) -> list[Run]:
        """All runs, or those of one task, by task and version."""
        if not self.root.is_dir():
            return []
        folders = [self.root / task] if task else self.root.iterdir()
        found = [run for folder in folders if folder.is_dir() for run in _runs_of(folder)]
        return sorted(found, key=lambda run: (run.task, run.version))

    def find(self, ref: str, task: str | None = None) -> Run:
        """The run a user means by ``latest``, ``best``, ``v3``, ``v0003-name``, ``<task>/v3`` or a path.

        Raises:
            RunError: there is none, or more than one; says which there are.
        """
        from nlpx.runs.refs import find

        return find(self, ref, task)

    def remove(self, run: Run) -> None:
        """Delete a run with everything in it.

        Raises:
            RunError: it is busy, or is running on another machine, where nobody can tell from here.
        """
        status = run.status()
        if status.state == "running":
            todo = "stop it first; if that machine is gone, delete the folder by hand"
            raise RunError(f"{run.ref} is being written by {status.writer}", todo)
        try:
            with run.lock():
                # Moved away first: a half deleted folder must not look like a run.
                folder = run.path.parent
                atomic_write(folder / LAST_REMOVED, f"{max(run.version, _last_removed(folder))}\n")
                doomed = run.path.rename(folder / f".removed-{secrets.token_hex(4)}")
            shutil.rmtree(doomed)
        except OSError as error:
            raise RunError(
                f"cannot remove {run.path}: {error.strerror}", "check who may write there"
            ) from error


def _runs_of(folder: Path) -> list[Run]:
    with os.scandir(folder) as entries:
        return [
            Run(folder / entry.name)
            for entry in entries
            if FOLDER_NAME.fullmatch(entry.name) and entry.is_dir()
        ]


def next_version(folder: Path) -> int:
    """The version that the next run in a task's folder gets."""
    versions = [run.version for run in _runs_of(folder)] if folder.is_dir() else []
    return 1 + max([_last_removed(folder), *versions])


def _last_removed(folder: Path) -> int:
    try:
        return int((folder / LAST_REMOVED).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def slug(name: str) -> str:
    """The name as it can stand in a folder name: letters of any language, digits, ``. _ -``."""
    return re.sub(r"[^\w.]+", "-", name)[:MAX_NAME].strip("-.")
