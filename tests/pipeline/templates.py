"""A trained run to copy, because training takes longer than copying."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from nlpx.runs import Run, RunStore
from tests.pipeline.tiny import CRFSUITE, train, write_experiment


def train_template(folder: Path, text: str = CRFSUITE) -> Path:
    """Train the tiny experiment in `folder`; returns the folder with ``work/`` and ``runs/``."""
    config = write_experiment(folder / "work", text)
    result = train(config, "--runs-dir", folder / "runs", "--quiet")
    assert result.exit_code == 0, result.output
    return folder


def copy_template(template: Path, to: Path) -> Run:
    """A copy of the run in a runs folder of its own; its data stay in the template."""
    shutil.copytree(template / "runs", to)
    [run] = RunStore(to).list()
    return run


def cut_off(path: Path) -> None:
    """Leave out the second half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def alter(path: Path) -> None:
    """Change one byte in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut off": (cut_off, "cut off"),
    "altered": (alter, "its content changed"),
    "removed": (Path.unlink, "missing"),
}
"""Ways to damage a file, and how the error calls them."""
