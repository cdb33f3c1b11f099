"""A lock on a run folder that the operating system frees when its process dies."""

from __future__ import annotations

import errno
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_FILE = "LOCK"
WAIT = 0.5
"""Seconds between two looks at a lock that someone else has."""

log = logging.getLogger("nlpx")

BUSY = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


class FolderLock:
    """An exclusive lock on the file LOCK of a folder, among processes and among objects of one process."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK_FILE
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def acquire(self) -> bool:
        """Take the lock without waiting; False if someone else has it."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(handle)
        except OSError as error:
            if error.errno in BUSY:
                os.close(handle)
                return False
            # Some network file systems have no locks. STATUS still shows who is writing.
            log.warning("%s: this file system has no locks (%s)", self.path, error.strerror)
        self._handle = handle
        return True

    def release(self) -> None:
        """Give the lock back; closing the file is what frees it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


@contextmanager
def waited_for(folder: Path, told: str) -> Iterator[None]:
    """Hold the lock of a folder, after waiting for whoever has it.

    Args:
        told: what the log says if there is someone to wait for.
    """
    lock = FolderLock(folder)
    if not lock.acquire():
        log.info("%s", told)
        while not lock.acquire():
            time.sleep(WAIT)
    try:
        yield
    finally:
        lock.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
