"""The files of a knowledge base: written once as a whole, checked when opened.

``manifest.json`` says how large each file is, when it was written and what its sha256 is. Opening compares sizes and
times and computes the sha256 of files whose time differs (a copy, or a change), so that opening what nobody touched
costs nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import marisa_trie
import numpy as np

from nlpx.errors import DataError, RunError
from nlpx.runs.atomic import atomic_json
from nlpx.runs.lock import FolderLock
from nlpx.tasks.entity_linking.knowledge_base import folding

MANIFEST = "manifest.json"
FORMAT = 1
REBUILD = "Build it again: nlpx kb build FILE -o FOLDER"


def sha256(path: Path) -> str:
    """Of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def save_arrays(folder: Path, prefix: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Write each array to ``<prefix><name>.npy``."""
    for name, array in arrays.items():
        np.save(folder / f"{prefix}{name}.npy", array, allow_pickle=False)


def load_array(folder: Path, name: str) -> np.ndarray:
    """A memory-mapped array.

    Raises:
        DataError: naming the file, if it is missing or no array.
    """
    path = folder / f"{name}.npy"
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path}: damaged file of a knowledge base: {error}", REBUILD) from error
    return np.asarray(array)


def load_trie(folder: Path, name: str) -> marisa_trie.Trie:
    """A memory-mapped trie.

    Raises:
        DataError: naming the file, if it is missing or no trie.
    """
    path = folder / f"{name}.marisa"
    trie = marisa_trie.Trie()
    try:
        trie.mmap(str(path))
    except (OSError, RuntimeError) as error:
        raise DataError(f"{path}: damaged file of a knowledge base: {error}", REBUILD) from error
    return trie


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Only one process changes a knowledge base at a time; raises RunError where another one does."""
    lock = FolderLock(folder)
    if not lock.acquire():
        raise RunError(f"{folder}: another process is changing it", "Wait until it has finished.")
    try:
        yield
    finally:
        lock.release()


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> None:
    """Describe all files of the folder; `facts` come first."""
    files = {path.name: _facts(path) | {"sha256": sha256(path)} for path in sorted(folder.iterdir())}
    manifest = {"format": FORMAT, "folding": folding.VERSION, **facts, "files": files}
    atomic_json(folder / MANIFEST, manifest)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a whole and unchanged knowledge base.

    Raises:
        DataError: there is none in the folder, another version wrote it, or a file is missing, truncated or changed.
    """
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if "command" in manifest and "format" not in manifest:
            todo = "Name the folder of a knowledge base; the run's manifest.json says under data.kb which one it has."
            raise DataError(f"{folder}: is a run, not a knowledge base", todo)
        version = (manifest["format"], manifest["folding"])
        files = dict(manifest["files"])
    except FileNotFoundError as error:
        raise DataError(
            f"{folder}: no knowledge base here", "Make one: nlpx kb build FILE -o FOLDER"
        ) from error
    except NotADirectoryError as error:
        raise DataError(
            f"{folder}: is a file, not the folder of a knowledge base",
            f"If it holds entities, build one from it and name that: nlpx kb build {folder} -o FOLDER",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: damaged: {error!r}", REBUILD) from error
    if version != (FORMAT, folding.VERSION):
        raise DataError(f"{folder}: was built by another version of nlpx", REBUILD)
    _check(folder, manifest, files, all_bytes=False)
    return manifest


def was_compacted(folder: Path) -> bool:
    """Whether the folder holds a whole knowledge base into which additions were folded."""
    try:
        return bool(read_manifest(folder).get("lineage"))
    except DataError:
        return False


def verify(folder: Path, manifest: dict[str, Any]) -> None:
    """Compare every byte with the manifest; raises DataError naming the files that differ."""
    _check(folder, manifest, manifest["files"], all_bytes=True)


def _check(folder: Path, manifest: dict[str, Any], files: dict[str, Any], *, all_bytes: bool) -> None:
    problems, moved = [], False
    for name, expected in files.items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{path}: missing")
            continue
        found = _facts(path)
        if found["size"] != expected["size"]:
            problems.append(f"{path}: {found['size']:,} bytes, wanted {expected['size']:,}")
        elif all_bytes or found["time"] != expected["time"]:
            if sha256(path) != expected["sha256"]:
                problems.append(f"{path}: changed since it was built")
            moved |= found["time"] != expected["time"]
            expected["time"] = found["time"]
    if problems:
        count = f"{len(problems)} file{'s' if len(problems) > 1 else ''}"
        raise DataError(f"{folder}: {count} of this knowledge base damaged", REBUILD, problems)
    if moved:  # a copy: the next start need not read everything again
        with suppress(OSError, DataError):
            if os.access(folder, os.W_OK):
                atomic_json(folder / MANIFEST, manifest)


def _facts(path: Path) -> dict[str, int]:
    status = path.stat()
    return {"size": status.st_size, "time": status.st_mtime_ns}


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """A new folder to fill, which takes the place of `target` when all went well.

    Raises:
        DataError: `target` is there and is neither empty nor a knowledge base.
    """
    refuse_other_things(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    temp = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    temp.mkdir()
    try:
        yield temp
        if target.exists():
            old = temp.with_suffix(".old")
            target.rename(old)
            temp.rename(target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            temp.rename(target)
    finally:
        shutil.rmtree(temp, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Remove what builds that were killed left beside `target`; a build never takes a day."""
    for left in target.parent.glob(f".{target.name}.*.new"):
        if time.time() - left.stat().st_mtime > 86_400:
            shutil.rmtree(left, ignore_errors=True)


def refuse_other_things(target: Path) -> None:
    """Raise DataError where `target` is something that must not be replaced."""
    if not target.exists() or (target / MANIFEST).is_file():
        return
    if not target.is_dir() or any(target.iterdir()):
        raise DataError(
            f"{target}: is there already and is no knowledge base",
            "Name a new folder, or remove this one first.",
        )
