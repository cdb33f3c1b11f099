"""Missing data files: what they are, where to get them and where to put them."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from nlpx.config.data_folder import DATA_VARIABLE, source_data_folder
from nlpx.errors import DataError

CATALOGUE_FILE = "catalogue.yaml"
START = "; relative paths start at the folder of the YAML file, those of --set at the working folder"


class OfficialFile(NamedTuple):
    """What a published file is known by."""

    bytes: int
    sha256: str


class Dataset(NamedTuple):
    """An entry of a catalogue; `key` is its folder inside the data folder, `official` its files by name."""

    key: str
    title: str
    get: str
    note: str
    files: tuple[str, ...]
    official: dict[str, OfficialFile]


def require_file(path: Path) -> Path:
    """The path itself, once it is sure that there is a file.

    Raises:
        DataError: there is none; says what it is, where to get it and where to put it, if a catalogue knows.
    """
    if path.is_file():
        return path
    if path.is_dir():
        raise DataError(f"{path}: is a folder; wanted a file", _near(path))
    found = find_dataset(path)
    if found is None:
        raise DataError(f"{path}: there is no such file", _near(path))
    dataset, root = found
    inside = path.relative_to(root)
    details = [
        f"it belongs to {dataset.title}",
        f"get it from {dataset.get}",
        *([dataset.note] if dataset.note else []),
    ]
    todo = f"put it there, or set {DATA_VARIABLE} to the folder that holds {inside}"
    raise DataError(f"{path}: there is no such file", todo, details)


def _near(path: Path) -> str:
    """What else the path could have meant."""
    folder = path if path.is_dir() else path.parent
    names = sorted(other.name for other in folder.iterdir() if other.is_file()) if folder.is_dir() else []
    close = get_close_matches(path.name, names, n=1)
    if close:
        return f"did you mean {folder / close[0]}?"
    if not folder.is_dir():
        beside = folder.parent.iterdir() if folder.parent.is_dir() else ()
        close = get_close_matches(folder.name, sorted(other.name for other in beside if other.is_dir()), n=1)
        hint = f"; did you mean {folder.parent / close[0]}?" if close else ""
        return f"there is no folder {folder} either{hint or START}"
    return f"{folder} holds {', '.join(names[:8])}" if names else f"{folder} holds no files"


def find_dataset(path: Path) -> tuple[Dataset, Path] | None:
    """The dataset that a path belongs to and the data folder it would be in, by the folders in the path."""
    for catalogue in _catalogues(path):
        fitting = [(root, one) for one in read_catalogue(catalogue) if (root := _root(path, one)) is not None]
        if fitting:
            root, dataset = max(fitting, key=lambda pair: len(pair[1].key))
            return dataset, root
    return None


def _catalogues(path: Path) -> list[Path]:
    """The catalogues above a path, nearest first, then the one of the project."""
    source = source_data_folder()
    folders = [*path.parents, *([source] if source else [])]
    return [folder / CATALOGUE_FILE for folder in folders if (folder / CATALOGUE_FILE).is_file()]


def read_catalogue(file: Path) -> list[Dataset]:
    """All entries of a catalogue that are whole."""
    from nlpx.config.yaml_reader import read_yaml

    value = read_yaml(file.read_bytes()).value
    entries = value.items() if isinstance(value, dict) else ()
    return [
        _dataset(key, entry)
        for key, entry in entries
        if isinstance(entry, dict) and {"title", "get"} <= entry.keys()
    ]


def _dataset(key: str, entry: dict[str, Any]) -> Dataset:
    files = entry.get("files")
    names = tuple(str(name) for name in files) if isinstance(files, list) else ()
    note = str(entry.get("note") or "")
    return Dataset(key, str(entry["title"]), str(entry["get"]), note, names, _official(entry.get("official")))


def _official(entry: Any) -> dict[str, OfficialFile]:
    rows = entry.items() if isinstance(entry, dict) else ()
    return {
        str(name): OfficialFile(facts["bytes"], str(facts["sha256"]))
        for name, facts in rows
        if isinstance(facts, dict) and {"bytes", "sha256"} <= facts.keys()
    }


def _root(path: Path, dataset: Dataset) -> Path | None:
    """The folder above the dataset's in a path, or None if the path does not lead there."""
    wanted = tuple(dataset.key.split("/"))
    if len(wanted) == 1 and path.name not in dataset.files:
        return None  # a folder called `text` may be anyone's
    above = path.parent.parts
    starts = [i for i in range(len(above)) if above[i : i + len(wanted)] == wanted]
    return Path(*above[: starts[-1]]) if starts and starts[-1] else None
