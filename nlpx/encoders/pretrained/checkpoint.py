"""A folder with a pretrained model, whoever wrote it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from nlpx.config.paths import require_file
from nlpx.encoders.pretrained.architecture import Architecture, read_architecture
from nlpx.encoders.pretrained.files import (
    GoogleFiles,
    SafetensorsFiles,
    TensorFiles,
    google_prefix,
    read_json,
)
from nlpx.encoders.pretrained.match import Match, match
from nlpx.encoders.pretrained.names import Kind
from nlpx.errors import DataError

log = logging.getLogger("nlpx")

CONFIG, GOOGLE_CONFIG = "config.json", "bert_config.json"

ENCODER = "encoder"
"""The folder inside the run of a pretraining that `encoder.checkpoint` of a task takes."""


@dataclass(frozen=True)
class Checkpoint:
    """A pretrained model on the disk.

    Attributes:
        folder: where it is.
        kind: who wrote it.
        config: as it stands in its file.
        model_type: one of `architecture.MODEL_TYPES`.
        config_name: of the config's file.
    """

    folder: Path
    kind: Kind
    config: dict[str, Any]
    model_type: str
    config_name: str = CONFIG

    @cached_property
    def files(self) -> TensorFiles:
        if self.kind == "huggingface":
            return SafetensorsFiles(self.folder)
        prefix = google_prefix(self.folder)
        assert prefix is not None
        return GoogleFiles(prefix)

    @cached_property
    def match(self) -> Match:
        """Which tensor becomes which variable. Raises DataError naming all that does not fit."""
        named = read_architecture(self.config, str(self.folder / self.config_name), self.model_type)
        return match(self.files.shapes(), named, self.kind, str(self.folder))

    @property
    def architecture(self) -> Architecture:
        return self.match.architecture

    def tell_dropped(self) -> None:
        """Log which tensors `load` leaves aside, and why; for callers who do not read the heads themselves."""
        aside = self.match.dropped
        for reason in dict.fromkeys(aside.values()):
            names = [name for name, why in aside.items() if why == reason]
            log.info("%s: not loaded: %s (%s)", self.folder, ", ".join(names), reason)
        if not self.architecture.pooler:
            log.info("%s: has no pooler; the pooled vector is that of the first position", self.folder)

    def load(self) -> dict[str, np.ndarray]:
        """All weights by their path below the model."""
        found = {}
        for name, array in self.files.read(self.match.found):
            weight = self.match.found[name]
            found[weight.path] = np.ascontiguousarray(array.T) if weight.transposed else array
        return found


def open_checkpoint(path: Path, model_type: str = "auto") -> Checkpoint:
    """The pretrained model in a folder; its weights are not read yet.

    Args:
        path: a folder with `config.json` and `model.safetensors` (Hugging Face), or with `bert_config.json` and
            `*.ckpt.*` (Google).
        model_type: one of `architecture.MODEL_TYPES`, for Google folders that do not say; auto looks.

    Raises:
        DataError: it is no such folder.
    """
    if not path.is_dir():
        require_file(path / "vocab.txt")  # says where to get it, if it is known
    if (path / ENCODER / CONFIG).is_file() and not (path / CONFIG).is_file():
        raise DataError(f"{path}: is the folder of a run", f"name its encoder: {path / ENCODER}")
    google = google_prefix(path) is not None
    name = _config_name(path, google)
    config = read_json(path / name)
    kind: Kind = "google" if google and name != CONFIG else "huggingface"
    if google and not (path / "model.safetensors").exists():
        kind = "google"
    chosen = model_type if model_type != "auto" else _model_type(config, path, kind)
    return Checkpoint(path, kind, config, chosen, name)


def _config_name(path: Path, google: bool) -> str:
    names = [GOOGLE_CONFIG, CONFIG] if google else [CONFIG, GOOGLE_CONFIG]
    found = next((name for name in names if (path / name).is_file()), None)
    if found is None and google:  # albert_config.json, electra_config.json and the like
        others = sorted(path.glob("*config*.json"))
        found = others[0].name if len(others) == 1 else None
    if found is None:
        raise DataError(
            f"{path}: there is neither {CONFIG} nor {GOOGLE_CONFIG}",
            "wanted the folder of a Hugging Face model or of a Google checkpoint",
        )
    return found


def _model_type(config: dict[str, Any], path: Path, kind: Kind) -> str:
    """What the config says; for Google folders also what the names of the variables say."""
    if config.get("model_type"):
        return str(config["model_type"])
    if kind == "huggingface":
        return "bert"
    prefix = google_prefix(path)
    assert prefix is not None
    names = GoogleFiles(prefix).shapes()
    if any("encoder/transformer/group_0/" in name for name in names):
        return "albert"
    if any(name.startswith("electra/") for name in names):
        return "electra"
    if any(name.endswith("embeddings/position_embeddings") for name in names):
        return "bert"
    if config.get("use_relative_position"):
        return "nezha"
    raise DataError(
        f"{path}: has no table of positions, so it may be a NEZHA or a RoFormer",
        'add "model_type": "nezha" or "roformer" to its config',
    )
