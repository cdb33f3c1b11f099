"""Where `${NLPX_DATA}` is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

DATA_VARIABLE = "NLPX_DATA"
PROJECT_MARKS = (".git", "pyproject.toml", "Makefile")


def data_folder(folder: Path, env: Mapping[str, str]) -> Path:
    """The folder that `${NLPX_DATA}` means for a YAML file in `folder`.

    The variable itself if it is set and not empty; else the `data/` of the project the YAML lies in (the
    first folder at or above it with a `.git`, `pyproject.toml` or `Makefile`); else the `data/` of the source
    tree that nlpx runs from; else `data/` beside the YAML. One that does not exist is passed over.
    """
    if env.get(DATA_VARIABLE):
        return Path.cwd() / Path(env[DATA_VARIABLE]).expanduser()
    start = folder.absolute()
    projects = (up for up in (start, *start.parents) if any((up / mark).exists() for mark in PROJECT_MARKS))
    project = next(projects, None)
    if project is not None and (project / "data").is_dir():
        return project / "data"
    return source_data_folder() or start / "data"


def short_path(path: Path, env: Mapping[str, str]) -> str:
    """A path as people write it: from here, or from ``$NLPX_DATA``, where it lies below; else whole."""
    here, data = Path.cwd(), env.get(DATA_VARIABLE)
    if path.is_relative_to(here):
        return str(path.relative_to(here))
    if data and path.is_relative_to(here / data):
        return f"${DATA_VARIABLE}/{path.relative_to(here / data)}"
    return str(path)


def source_data_folder() -> Path | None:
    """The `data/` of the source tree, or None where nlpx is installed from a wheel."""
    root = Path(__file__).resolve().parents[2]
    return root / "data" if (root / "pyproject.toml").is_file() and (root / "data").is_dir() else None
