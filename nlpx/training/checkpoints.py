"""Everything a killed training needs to go on as if nothing had happened, in one folder.

``state-<epoch>-<step>.safetensors`` holds weights, optimiser and position; ``best-<epoch>.safetensors`` the
weights of the best epoch, which change less often. Each file is written atomically and checks itself when it
is read. The last two states are kept, so that a damaged one costs some work but not the run.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nlpx.errors import RunError
from nlpx.runs.atomic import sweep
from nlpx.training.tensorfile import Arrays, read_tensors, write_tensors

KEPT = 2
"""States that stay in the folder."""

log = logging.getLogger("nlpx")


class Checkpoint(NamedTuple):
    """A state, its facts, and the best weights so far (None before the first evaluation)."""

    arrays: Arrays
    facts: Mapping[str, Any]
    best: Arrays | None


class Checkpoints:
    """The checkpoints of one training.

    Args:
        folder: of this training alone; created if need be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._trusted: list[Path] = []  # files of best weights that this process wrote or read whole
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)

    def save(self, checkpoint: Checkpoint, *, epoch: int, step: int, best_epoch: int) -> None:
        """Write a checkpoint and remove those that are no longer needed.

        Args:
            checkpoint: its facts must be JSON.
            epoch: position in training, with `step` the order of checkpoints.
            step: batches done in that epoch.
            best_epoch: which epoch the best weights are of; they are written once.

        Raises:
            DiskError: the disk is full or the folder can't be written to. The older checkpoints are unharmed.
        """
        best = self._best(best_epoch)
        if checkpoint.best is not None and best not in self._trusted:
            write_tensors(best, checkpoint.best)
            self._trusted.append(best)
        facts = {**checkpoint.facts, "best_file": best.name if checkpoint.best is not None else None}
        write_tensors(self.folder / f"state-{epoch:05d}-{step:07d}.safetensors", checkpoint.arrays, facts)
        self._prune()

    def load(self) -> Checkpoint | None:
        """The newest checkpoint that is whole; None where there is none.

        Raises:
            RunError: there are checkpoints, and all are damaged.
        """
        damaged: dict[Path, str] = {}
        for path in reversed(self._states()):
            try:
                checkpoint = self._read(path)
            except RunError as error:
                damaged[path] = error.what
                continue
            for bad, problem in damaged.items():
                log.warning("%s; going on from %s", problem, path.name)
                bad.unlink()
            return checkpoint
        if damaged:
            raise RunError(
                f"no checkpoint in {self.folder} can be read", "train anew", list(damaged.values())
            )
        return None

    def clear(self) -> None:
        """Remove all checkpoints."""
        for path in [*self._states(), *self.folder.glob("best-*.safetensors")]:
            path.unlink()

    def _read(self, path: Path) -> Checkpoint:
        arrays, facts = read_tensors(path)
        if not facts["best_file"]:
            return Checkpoint(arrays, facts, None)
        best = self.folder / facts["best_file"]
        weights = read_tensors(best)[0]
        self._trusted.append(best)
        return Checkpoint(arrays, facts, weights)

    def _states(self) -> list[Path]:
        return sorted(self.folder.glob("state-*.safetensors"))

    def _best(self, epoch: int) -> Path:
        return self.folder / f"best-{epoch:05d}.safetensors"

    def _prune(self) -> None:
        for path in self._states()[:-KEPT]:
            path.unlink()
        # The state before the last one may still name the best weights before these.
        for path in set(self.folder.glob("best-*.safetensors")) - set(self._trusted[-KEPT:]):
            path.unlink()
