"""An encoder's folder: vocabularies as text, and `encoder.json` with their checksums and config."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any

from nlpx.encoders.base import EncoderConfig
from nlpx.encoders.inputs.base import Input
from nlpx.errors import NlpxError, RunError
from nlpx.runs.atomic import atomic_json, atomic_write

INDEX = "encoder.json"
FORMAT = 1


def write_store(folder: Path, config: EncoderConfig, inputs: Sequence[Input]) -> None:
    """Write all inputs; the index comes last, so that a folder with an index is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    checksums = {}
    for name, text in _files(inputs).items():
        atomic_write(folder / name, data := text.encode())
        checksums[name] = hashlib.sha256(data).hexdigest()
    state = {part.name: part.state() for part in inputs}
    index = {"format": FORMAT, "config": fingerprint(config), "inputs": state, "sha256": checksums}
    atomic_json(folder / INDEX, index)


def _files(inputs: Sequence[Input]) -> dict[str, str]:
    return {name: text for part in inputs for name, text in part.files().items()}


def read_store(folder: Path, config: EncoderConfig, inputs: Sequence[Input]) -> None:
    """Restore all inputs. Raises RunError naming what is missing, damaged or saved by another config."""
    index = _read_index(folder / INDEX)
    if different := _different(index["config"], fingerprint(config)):
        raise RunError(
            f"{folder}: the encoder was saved with another config",
            "Use the run's own config.yaml.",
            [f"{key}: {was} there, {now} now" for key, was, now in different],
        )
    files = {name: _read_file(folder, name, checksum) for name, checksum in index["sha256"].items()}
    for part in inputs:
        try:
            part.restore(index["inputs"][part.name], files)
        except (KeyError, TypeError, ValueError, NlpxError) as error:
            raise _damaged(folder / INDEX, f"it does not fit the input {part.name!r}: {error}") from error


def _read_index(path: Path) -> dict[str, Any]:
    try:
        index = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise _missing(path) from error
    except (OSError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    kinds = {"format": int, "config": dict, "inputs": dict, "sha256": dict}
    if not isinstance(index, dict) or any(
        not isinstance(index.get(key), kind) for key, kind in kinds.items()
    ):
        raise _damaged(path, f"wanted the keys {', '.join(kinds)}")
    if index["format"] != FORMAT:
        raise RunError(
            f"{path}: format {index['format']}, wanted {FORMAT}", "Use the nlpx that trained the run."
        )
    return index


def _read_file(folder: Path, name: str, checksum: str) -> str:
    if PurePath(name).name != name:
        raise _damaged(folder / INDEX, f"{name!r} is no plain file name")
    path = folder / name
    if not path.is_file():
        raise _missing(path)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != checksum:
        raise _damaged(path, "its content is not what was saved")
    return data.decode()


def _missing(path: Path) -> RunError:
    return RunError(f"{path} is missing", "Copy the whole run folder again, or train it again.")


def _damaged(path: Path, reason: str) -> RunError:
    return RunError(f"{path} is damaged: {reason}", "Copy the whole run folder again, or train it again.")


# === Which config a folder belongs to ===


def fingerprint(config: EncoderConfig) -> dict[str, Any]:
    """The config as flat JSON without paths, which differ between machines; the folder has their content."""
    paths = config.paths()
    flat = dict(_flatten(config.model_dump(mode="json"), ""))
    return {key: value for key, value in flat.items() if key not in paths}


def _flatten(value: Any, key: str) -> Iterator[tuple[str, Any]]:
    items = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if items is None:
        yield key, value
        return
    for name, item in items:
        yield from _flatten(item, f"{key}.{name}" if key else str(name))


def _different(was: dict[str, Any], now: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    keys = dict.fromkeys([*was, *now])
    return [(key, was.get(key), now.get(key)) for key in keys if was.get(key) != now.get(key)]
