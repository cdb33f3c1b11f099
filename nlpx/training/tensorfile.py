"""Named arrays and a few facts in one safetensors file that knows when it was altered.

The bytes are the same for the same content, so that runs can be compared with `cmp`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nlpx.errors import RunError

Arrays = Mapping[str, np.ndarray]
"""Arrays by name."""

_OS_ERROR = re.compile(r"\(os error (\d+)\)")
_CURE = "restore it from a backup, or train again"


def write_tensors(
    path: Path, arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any] | None = None
) -> None:
    """Write arrays by name, and facts that JSON can hold; atomically.

    Raises:
        DiskError: the disk is full or the folder can't be written to.
    """
    from nlpx.runs.atomic import atomic_writer

    arrays = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    said = json.dumps(facts or {}, sort_keys=True)
    # One key only: safetensors writes several in random order.
    meta = {"nlpx": json.dumps({"sha256": _digest(arrays, said), "facts": said}, sort_keys=True)}
    with atomic_writer(path, "wb", size=sum(array.nbytes for array in arrays.values())) as file:
        _write_into(file.name, arrays, meta)


def _write_into(name: str, arrays: Arrays, meta: dict[str, str]) -> None:
    """Straight from the arrays' memory into the file: in between, a training would hold its state three times."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    try:
        save_file(dict(arrays), name, meta)
    except SafetensorError as error:
        system = _OS_ERROR.search(str(error))  # safetensors wraps what the system said in words
        if system is None:
            raise
        raise OSError(int(system[1]), os.strerror(int(system[1]))) from error


def read_tensors(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """What `write_tensors` wrote: the arrays and the facts.

    Raises:
        RunError: the file is missing, truncated, altered or something else.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            meta = json.loads((file.metadata() or {}).get("nlpx", "{}"))
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except FileNotFoundError as error:
        raise RunError(f"{path} is missing", _CURE) from error
    except (SafetensorError, OSError, ValueError) as error:
        raise RunError(f"{path} is truncated or damaged", _CURE, [str(error)]) from error
    if meta.get("sha256") != _digest(arrays, meta.get("facts", "")):
        raise RunError(f"{path} was altered: its contents don't match its own checksum", _CURE)
    return arrays, json.loads(meta["facts"])


def _digest(arrays: Arrays, said: str) -> str:
    digest = hashlib.sha256(said.encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.data if array.size else b"")
    return digest.hexdigest()
