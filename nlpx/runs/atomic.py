"""Files that are either whole or not there, whatever kills the process or fills the disk.

Everything is written to a temporary file in the same folder, flushed to the disk, and moved into place in one
step; the folder is flushed too, so that the move survives a power cut.
"""

from __future__ import annotations

import errno
import json
import math
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal

from nlpx.errors import RunError

TEMP_PREFIX = ".nlpx-"
"""Temporary files start with this, so that a later process can tell what a killed one left behind."""

REFUSALS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.EFBIG: "the file is larger than the limit set for this process or file system (see ulimit -f)",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "its folder does not exist",
}
SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskError(RunError):
    """A file could not be written: the disk is full, or writing is not allowed there."""


@contextmanager
def atomic_writer(path: Path | str, mode: Literal["w", "wb"] = "w", *, size: int = 0) -> Iterator[IO[Any]]:
    """Open a file for writing that appears at `path` complete, or not at all.

    Text is UTF-8 with ``\\n`` line ends. If the body raises, `path` keeps what it held before.

    Args:
        path: the file.
        mode: text or bytes.
        size: how many bytes it will be, where that is known, for the error on a full disk.

    Raises:
        DiskError: full disk, quota, missing permission or folder.
    """
    path = Path(path)
    temp = path.with_name(f"{TEMP_PREFIX}{secrets.token_hex(8)}.tmp")
    text = {} if mode == "wb" else {"encoding": "utf-8", "newline": "\n"}
    try:
        with temp.open(mode.replace("w", "x"), **text) as file:  # type: ignore[call-overload]
            yield file
            file.flush()
            os.fsync(file.fileno())
        temp.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        written = _remove(temp)
        if isinstance(error, OSError) and _is_ours(error, temp):
            raise disk_error(path, error, max(size, written)) from error
        raise


def atomic_write(path: Path | str, content: bytes | str) -> None:
    """Write a whole file; see `atomic_writer`."""
    data = content.encode() if isinstance(content, str) else content
    with atomic_writer(path, "wb", size=len(data)) as file:
        file.write(data)


def atomic_json(path: Path | str, value: Any) -> None:
    """Write a value as indented JSON that any reader accepts: NaN and infinities become null."""
    atomic_write(path, json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def plain(value: Any) -> Any:
    """The value with JSON types only: numpy and paths converted, non-finite numbers None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):  # sorted, because their order differs from process to process
        return [plain(item) for item in sorted(value)]
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):  # numpy, without importing it
        return plain(value.tolist())
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries, so that a file just moved into it survives a power cut."""
    if os.name == "nt":  # Windows cannot open folders
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems refuse; the move itself has succeeded
            os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Remove temporary files that killed processes left anywhere below `folder`."""
    for temp in folder.rglob(f"{TEMP_PREFIX}*.tmp"):
        _remove(temp)


def disk_error(path: Path, error: OSError, size: int) -> DiskError:
    """The error for a refused write of `size` bytes."""
    what = f"cannot write {path}: {REFUSALS.get(error.errno or 0, error.strerror)}"
    if error.errno not in SPACE:
        return DiskError(what, f"check who may write there, or choose another folder with {_switch(path)}")
    with suppress(OSError):
        free = shutil.disk_usage(path.parent).free
        what += f" (at least {human_size(size)} needed, {human_size(free)} free)"
    return DiskError(what, f"free some space or choose another folder with {_switch(path)}, then start again")


def _switch(path: Path) -> str:
    """What chooses the folder that a file is in."""
    from nlpx.text.vector_cache import cache_folder

    return "NLPX_CACHE" if path.is_relative_to(cache_folder()) else "--runs-dir"


def human_size(size: float) -> str:
    """Bytes for people: ``"3.4 MB"``."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _is_ours(error: OSError, temp: Path) -> bool:
    # A write carries no file name; an error that names another file came from the caller's own reading.
    return error.errno in REFUSALS and error.filename in (None, str(temp))


def _remove(temp: Path) -> int:
    with suppress(OSError):
        size = temp.stat().st_size
        temp.unlink()
        return size
    return 0
