"""Checkpoints: the newest whole one counts, the folder stays small, nothing is lost on the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlpx.errors import RunError
from nlpx.training.checkpoints import Checkpoint, Checkpoints


def save(checkpoints: Checkpoints, epoch: int, best_epoch: int = 0) -> None:
    best = {"w": np.full(3, best_epoch)} if best_epoch else None
    checkpoint = Checkpoint({"w": np.full(3, epoch)}, {"epoch": epoch}, best)
    checkpoints.save(checkpoint, epoch=epoch, step=0, best_epoch=best_epoch)


def load(folder: Path) -> tuple[int, int | None]:
    """Epochs of the state and of the best weights."""
    checkpoint = Checkpoints(folder).load()
    assert checkpoint is not None
    return checkpoint.facts["epoch"], None if checkpoint.best is None else int(checkpoint.best["w"][0])


def names(folder: Path) -> list[str]:
    return sorted(path.name.split(".")[0].split("-0000000")[0] for path in folder.iterdir())


def test_the_newest_counts_and_old_ones_go(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    assert checkpoints.load() is None
    for epoch, best in [(0, 0), (1, 1), (2, 1), (3, 3), (4, 3)]:
        save(checkpoints, epoch, best)
    assert load(tmp_path) == (4, 3)
    assert names(tmp_path) == ["best-00001", "best-00003", "state-00003", "state-00004"]


@pytest.mark.parametrize("harmed", ["state-00003-0000000", "best-00003"])
def test_a_damaged_file_costs_one_checkpoint(tmp_path, harmed, caplog):
    checkpoints = Checkpoints(tmp_path)
    for epoch in (1, 2, 3):
        save(checkpoints, epoch, best_epoch=epoch)
    (tmp_path / f"{harmed}.safetensors").write_bytes(b"torn")
    assert load(tmp_path) == (2, 2)
    assert harmed in caplog.text
    fresh = Checkpoints(tmp_path)
    save(fresh, 3, best_epoch=3)
    assert load(tmp_path) == (3, 3)


def test_best_weights_without_a_state_do_not_push_out_others(tmp_path):
    first = Checkpoints(tmp_path)
    save(first, 3, best_epoch=3)
    (tmp_path / "best-00007.safetensors").write_bytes(b"the process was killed before it wrote the state")
    second = Checkpoints(tmp_path)
    assert second.load() is not None
    save(second, 5, best_epoch=5)
    assert names(tmp_path) == ["best-00003", "best-00005", "state-00003", "state-00005"]


def test_only_damage_is_an_error_that_lists_it(tmp_path):
    save(Checkpoints(tmp_path), 1)
    for path in tmp_path.iterdir():
        path.write_bytes(b"torn")
    with pytest.raises(RunError, match="no checkpoint") as error:
        Checkpoints(tmp_path).load()
    assert "state-00001" in error.value.details[0]


def test_what_killed_writers_left_is_swept(tmp_path):
    (tmp_path / ".nlpx-0123456789abcdef.tmp").write_bytes(b"half a checkpoint")
    Checkpoints(tmp_path)
    assert not list(tmp_path.iterdir())


def test_clear_leaves_nothing(tmp_path):
    save(Checkpoints(tmp_path), 1, best_epoch=1)
    Checkpoints(tmp_path).clear()
    assert not list(tmp_path.iterdir())
