"""Fingerprints of what a run was made from and of what it made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlpx.errors import DataError, RunError
from nlpx.runs.atomic import TEMP_PREFIX, human_size

CHUNK_BYTES = 1 << 20
FINGERPRINTED = ("config.yaml", "config.source.yaml", "metrics.json", "history.csv", "model", "encoder")
"""What a finished run vouches for: files and folders of it."""


def digest(path: Path) -> dict[str, Any]:
    """``{"sha256", "size"}`` of a file, read in pieces; `sha256sum` prints the same."""
    sha, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            sha.update(chunk)
            size += len(chunk)
    return {"sha256": sha.hexdigest(), "size": size}


def input_digest(path: Path) -> dict[str, Any]:
    """The same for a data file.

    Raises:
        DataError: it is missing or unreadable.
    """
    try:
        return digest(path)
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror}", "check the paths under data: in the config"
        ) from error


def fingerprint(folder: Path) -> dict[str, dict[str, Any]]:
    """`digest` of every fingerprinted file, by its path inside the run folder."""
    return {path.relative_to(folder).as_posix(): digest(path) for path in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    for name in FINGERPRINTED:
        path = folder / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in found if file.is_file() and not file.name.startswith(TEMP_PREFIX))


def verify(folder: Path, artefacts: dict[str, Any]) -> None:
    """Compare files of a run with what `fingerprint` gave when the run finished.

    Raises:
        RunError: a file is missing, cut off or changed; the details name every one.
    """
    wrong = [f"{name}: {how}" for name, was in artefacts.items() if (how := _damage(folder / name, was))]
    if wrong:
        raise RunError(
            f"{folder}: {len(wrong)} file(s) changed since the run finished",
            "copy the run again from where it came from, or train it again",
            wrong,
        )


def _damage(path: Path, was: Any) -> str:
    try:
        size = path.stat().st_size
        if size != was["size"]:
            how = "cut off" if size < was["size"] else "grew"
            return f"{how}: {human_size(size)} instead of {human_size(was['size'])}"
        return "" if digest(path)["sha256"] == was["sha256"] else "its content changed"
    except (TypeError, KeyError):
        return "manifest.json does not say what it was"
    except OSError as error:
        return "missing" if isinstance(error, FileNotFoundError) else str(error.strerror)
