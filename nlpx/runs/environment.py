"""Facts about the machine, the program and its versions, gathered without importing anything heavy."""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import nlpx

LIBRARIES = (
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "jax",
    "numpy",
    "pandas",
    "pydantic",
    "PyYAML",
    "safetensors",
    "scikit-learn",
    "sklearn-crfsuite",
    "python-crfsuite",
    "rjieba",
    "tokenizers",
)
GIT_SECONDS = 5.0


def environment() -> dict[str, Any]:
    """Everything about where and how this process runs that can change a result."""
    return {
        "nlpx": nlpx.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "backend": backend(),
        "libraries": library_versions(),
        "git": git_states(),
        "host": platform.node(),
        "cores": cores(),
        "device": device(),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "folder": str(Path.cwd()),
    }


def library_versions() -> dict[str, str]:
    """Version of each library that is installed and can change a result."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def backend() -> str:
    """The Keras backend: the one in use, else the one the environment asks for."""
    if keras := sys.modules.get("keras"):
        return str(keras.config.backend())
    return os.environ.get("KERAS_BACKEND", "tensorflow")


def device() -> str | None:
    """The accelerator of the backend, or "cpu"; None while no backend is imported."""
    if backend() == "tensorflow" and (tensorflow := sys.modules.get("tensorflow")):
        devices = tensorflow.config.list_physical_devices("GPU")
        names = [
            tensorflow.config.experimental.get_device_details(gpu).get("device_name", "gpu")
            for gpu in devices
        ]
        return ", ".join(names) or "cpu"
    if backend() == "jax" and (jax := sys.modules.get("jax")):
        return ", ".join(sorted({str(device.device_kind) for device in jax.devices()}))
    return None


def cores() -> int:
    """CPU cores this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def peak_memory_mb() -> float:
    """The most memory this process has held at once, in MB (10⁶ bytes)."""
    if sys.platform == "win32":
        import psutil

        return round(psutil.Process().memory_info().peak_wset / 1e6, 1)
    import resource

    # Kilobytes, but bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


def git_states() -> dict[str, Any]:
    """State of nlpx's own checkout, if it runs from one, and of the one the command runs in."""
    states = {"nlpx": _own_state(), "working_folder": git_state(Path.cwd())}
    if states["working_folder"] == states["nlpx"]:
        del states["working_folder"]
    return {name: state for name, state in states.items() if state}


@cache
def _own_state() -> dict[str, Any] | None:
    # Once per process: what counts is the code that was imported, not what an editor does to it later. The
    # package may also be installed inside somebody else's checkout, which does not track it.
    source = Path(nlpx.__file__).parent
    return git_state(source) if _git(source, "ls-files", "__init__.py") else None


def git_state(folder: Path) -> dict[str, Any] | None:
    """``{"folder", "commit", "dirty"}`` of the checkout around a folder; None where there is none, or no git.

    An untracked file counts as dirty: a new task that was never added would otherwise look reproducible.
    """
    found = (_git(folder, "rev-parse", "--show-toplevel", "HEAD") or "").splitlines()
    if len(found) != 2:
        return None
    root, commit = found
    changes = _git(Path(root), "status", "--porcelain")
    return {"folder": root, "commit": commit, "dirty": None if changes is None else bool(changes)}


def _git(folder: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(folder), *arguments]
    quiet = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=GIT_SECONDS, env=quiet, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
