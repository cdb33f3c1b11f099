"""A small config with every shape that real ones have, and a way to read one from a text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from nlpx.config import ConfigModel, DataPath, ExperimentConfig
from nlpx.config.load import LoadedConfig, load
from nlpx.errors import ConfigError


class Bilstm(ConfigModel):
    """A recurrent encoder."""

    type: Literal["bilstm"] = "bilstm"
    units: int = Field(200, gt=0, le=5000, description="Units per direction.")
    merge: Literal["sum", "concat"] = Field("concat", description="How both directions become one.")


class Dgcnn(ConfigModel):
    """A convolutional encoder."""

    type: Literal["dgcnn"] = "dgcnn"
    kernel: int = Field(3, ge=1, description="Width of the kernels.")
    merge: Literal["sum", "concat"] = Field("sum", description="How layers become one.")
    widths: list[Annotated[int, Field(ge=1)]] = Field([1, 2, 5], description="Dilations.")


Encoder = Annotated[Bilstm | Dgcnn, Field(discriminator="type")]


class Holdout(ConfigModel):
    """A share of the training texts."""

    holdout: float = Field(gt=0, lt=1, description="Share of the training texts.")


class Data(ConfigModel):
    """Where the texts are."""

    train: DataPath = Field(description="Labelled training texts.")
    dev: DataPath | Holdout | None = Field(None, description="A file, or {holdout: 0.1} of train.")


class Training(ConfigModel):
    """How the network is trained."""

    epochs: int = Field(20, ge=1, description="Passes over the texts.")
    batch_size: int = Field(32, ge=1, description="Texts per step.")
    learning_rate: float = Field(1e-3, gt=0, description="Peak learning rate.")
    optimizer: Literal["adam", "sgd"] = Field("adam", description="Update rule.")
    shuffle: bool = Field(True, description="New order in each epoch.")


class Toy(ExperimentConfig):
    """A task for tests."""

    task: Literal["toy"] = Field("toy", description="The task's name.")
    data: Data = Field(description="Where the texts are.")
    encoder: Encoder = Field(Bilstm(), description="The encoder.")
    stack: list[Encoder] = Field([], max_length=3, description="More encoders on top.")
    training: Training = Field(Training(), description="How the network is trained.")
    workers: Literal["auto"] | Annotated[int, Field(gt=0)] = Field("auto", description="Threads.")
    labels: dict[str, int] = Field({}, description="Label names and their ids.")
    note: str = Field("", description="Anything.")

    @model_validator(mode="after")
    def _note_is_kind(self) -> Toy:
        if self.note == "rude":
            raise ValueError("note must not be rude")
        return self


MINIMAL = "task: toy\ndata: {train: train.txt}\n"


def load_toy(folder: Path, text: str | bytes = MINIMAL, **options: Any) -> LoadedConfig:
    """Read a text as if it were `toy.yaml` in a folder."""
    file = folder / "toy.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(file, Toy, **{"env": {}, **options})


def errors(folder: Path, text: str | bytes = MINIMAL, **options: Any) -> list[str]:
    """The lines of the error that reading a text raises, without the folder; none if it raises none."""
    try:
        load_toy(folder, text, **options)
    except ConfigError as error:
        return [line.removeprefix(f"{folder}/") for line in error.details]
    return []
