"""The STATUS file of a run: what state it is in, and which process says so."""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from nlpx.runs.atomic import DiskError, atomic_write

State = Literal["running", "finished", "failed", "interrupted"]
STATES: tuple[str, ...] = get_args(State)
STATUS_FILE = "STATUS"

CLOCK_SLACK = 5.0
"""Seconds by which a process may seem younger than what it wrote, because clocks are adjusted."""


@dataclass(frozen=True, slots=True)
class Status:
    """A state, who wrote it and when; `detail` says why, where that is not plain."""

    state: str
    pid: int = 0
    host: str = ""
    time: str = ""
    detail: str = ""
    manifest: str = ""  # sha256 of manifest.json, once finished

    def __str__(self) -> str:
        return f"{self.state} ({self.detail})" if self.detail else self.state

    @property
    def writer(self) -> str:
        """Who wrote it, for people."""
        return f"process {self.pid} on {self.host} since {self.time}"

    @property
    def here(self) -> bool:
        """Whether this machine wrote it, so that the process can be looked up."""
        return self.host == platform.node()


def now() -> str:
    """The time in UTC, as it stands in every file of a run."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def write_status(folder: Path, state: str, detail: str = "", manifest: str = "") -> None:
    """Write STATUS in the name of this process."""
    if state not in STATES:
        raise ValueError(f"a run is one of {', '.join(STATES)}; not {state!r}")
    status = Status(state, os.getpid(), platform.node(), now(), detail, manifest)
    text = (
        json.dumps({key: value for key, value in asdict(status).items() if value}, ensure_ascii=False) + "\n"
    )
    try:
        atomic_write(folder / STATUS_FILE, text)
    except DiskError:
        # On a full disk there is no room for a second file, but the old one already has its block.
        if state == "finished" or not _overwrite(folder / STATUS_FILE, text.encode()):
            raise


def read_status(folder: Path) -> Status:
    """The state of a run as it is now: a "running" one whose process has died is interrupted."""
    try:
        text = (folder / STATUS_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return Status("interrupted", detail="it never started: there is no STATUS")
    except (OSError, UnicodeDecodeError):
        return Status("failed", detail="its STATUS is unreadable")
    status = _parse(text)
    if status.state == "running" and status.here and not alive(status.pid, status.time):
        return replace(status, state="interrupted", detail=f"process {status.pid} ended without a word")
    return status


def _parse(text: str) -> Status:
    try:
        status = Status(**json.loads(text))
        if status.state in STATES and isinstance(status.pid, int):
            return status
    except (ValueError, TypeError, RecursionError):
        pass
    return Status("failed", detail="its STATUS is unreadable")


def alive(pid: int, since: str) -> bool:
    """Whether the process that wrote something at the time `since` still runs.

    A younger process that was given the same number does not count.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        started = process.create_time()
        return process.status() != psutil.STATUS_ZOMBIE and started <= _seconds(since) + CLOCK_SLACK
    except (psutil.NoSuchProcess, ValueError):
        return False
    except psutil.AccessDenied:
        return True


def _seconds(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()


def _overwrite(path: Path, data: bytes) -> bool:
    with suppress(OSError), path.open("r+b") as file:
        file.write(data)
        file.truncate()
        return True
    return False
