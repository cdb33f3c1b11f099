"""Tensors of a checkpoint's files, by the names they have there, all as float32."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from nlpx.errors import DataError

Shapes = dict[str, tuple[int, ...]]

SAFETENSORS = "model.safetensors"
INDEX = "model.safetensors.index.json"
_PICKLES = ("pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack")


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises DataError naming the file where it can't be read or holds something else."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: is no JSON", details=[str(error)]) from error
    if not isinstance(value, dict):
        raise DataError(f"{path}: is no JSON object")
    return value


class TensorFiles(Protocol):
    """What holds the tensors of a checkpoint."""

    def shapes(self) -> Shapes:
        """Shape of every tensor; nothing else is read."""
        ...

    def read(self, names: Iterable[str]) -> Iterator[tuple[str, np.ndarray]]:
        """Tensors one after another, so that only one need be held."""
        ...


class SafetensorsFiles:
    """`model.safetensors` of a Hugging Face folder, in one part or several. Raises DataError where there is none."""

    def __init__(self, folder: Path) -> None:
        self.paths = _safetensors_paths(folder)

    def shapes(self) -> Shapes:
        found: Shapes = {}
        for path in self.paths:
            with _opened(path) as file:
                found |= {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
        return found

    def read(self, names: Iterable[str]) -> Iterator[tuple[str, np.ndarray]]:
        wanted = set(names)
        for path in self.paths:
            with _opened(path) as file:
                for name in [name for name in file.keys() if name in wanted]:  # noqa: SIM118 - not a dict
                    yield name, _as_float32(file, name, path)


def _safetensors_paths(folder: Path) -> list[Path]:
    if (folder / SAFETENSORS).is_file():
        return [folder / SAFETENSORS]
    if (folder / INDEX).is_file():
        return [folder / Path(part).name for part in _parts(folder / INDEX)]
    found = [name for name in _PICKLES if (folder / name).exists()]
    if not found:
        raise DataError(f"{folder}: there is no {SAFETENSORS}", "wanted a Hugging Face or a Google folder")
    raise DataError(
        f"{folder}: its weights are in {found[0]}, which is not read: a pickle can run any code",
        "where torch and transformers are installed, write them as safetensors beside it:",
        [
            'python -c "import sys; from transformers import AutoModelForPreTraining as M; '
            'M.from_pretrained(sys.argv[1]).save_pretrained(sys.argv[1], safe_serialization=True)" '
            f"{folder}"
        ],
    )


def _parts(index: Path) -> list[str]:
    names = read_json(index).get("weight_map")
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise DataError(
            f"{index}: the key 'weight_map' is missing or does not name a file for every tensor",
            "get it again",
        )
    return sorted(set(names.values()))


def _opened(path: Path) -> Any:
    from safetensors import SafetensorError, safe_open

    try:
        return safe_open(path, framework="numpy")
    except (SafetensorError, OSError) as error:
        raise DataError(
            f"{path}: is missing, cut or no safetensors file", "get it again", [str(error)]
        ) from error


def _as_float32(file: Any, name: str, path: Path) -> np.ndarray:
    kind = file.get_slice(name).get_dtype()
    if kind != "BF16":  # NumPy has no such type
        return np.asarray(file.get_tensor(name), np.float32)
    with path.open("rb") as raw:
        size = int.from_bytes(raw.read(8), "little")
        facts = json.loads(raw.read(size))[name]
        start, end = facts["data_offsets"]
        raw.seek(8 + size + start)
        halves = np.frombuffer(raw.read(end - start), "<u2")
    return (halves.astype(np.uint32) << 16).view(np.float32).reshape(facts["shape"])


class GoogleFiles:
    """`NAME.ckpt.index` and `.data-…` of a TensorFlow checkpoint; read without building a graph.

    Raises DataError where TensorFlow is not installed: its file format has no other reader.
    """

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        try:
            import tensorflow as tf
        except ImportError as error:
            raise DataError(
                f"{prefix}: a TensorFlow checkpoint can only be read where TensorFlow is installed",
                "convert it there once: nlpx encoders convert SRC DST",
            ) from error
        self._errors = (tf.errors.OpError, ValueError, IndexError, RuntimeError)
        with self._naming():
            self.reader = tf.train.load_checkpoint(str(prefix))

    @contextmanager
    def _naming(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            raise DataError(
                f"{self.prefix}: is cut or no checkpoint", "get it again", [str(error)]
            ) from error

    def shapes(self) -> Shapes:
        return {name: tuple(shape) for name, shape in self.reader.get_variable_to_shape_map().items()}

    def read(self, names: Iterable[str]) -> Iterator[tuple[str, np.ndarray]]:
        for name in names:
            with self._naming():
                array = self.reader.get_tensor(name)
            yield name, np.asarray(array, np.float32)


def google_prefix(folder: Path) -> Path | None:
    """The checkpoint in a folder, without `.index`; None where there is none.

    Raises:
        DataError: there are several.
    """
    found = sorted(path.with_suffix("") for path in folder.glob("*.index"))
    if len(found) > 1:
        names = [path.name for path in found]
        raise DataError(f"{folder}: holds several checkpoints", "keep one of them in the folder", names)
    return found[0] if found else None
