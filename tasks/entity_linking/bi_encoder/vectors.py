"""Vectors of entities by index, read by the network once and kept in half precision."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from nlpx.errors import RunError
from nlpx.runs.atomic import atomic_writer
from nlpx.tasks.entity_linking.knowledge_base.storage import sha256

CURE = "Copy the whole run folder again, or train it again."

BATCH = 256
"""Entities that the network reads at once."""


class EntityVectors:
    """A cache beside the knowledge base.

    Args:
        count, size: entities, and units of a vector.
        read: vectors float32 `(entities, size)` of up to `BATCH` entities by index.
    """

    def __init__(self, count: int, size: int, read: Callable[[list[int]], np.ndarray]) -> None:
        self._read = read
        self._vectors = np.zeros((count, size), np.float16)
        self._known = np.zeros(count, bool)

    def of(self, indices: np.ndarray) -> np.ndarray:
        """float16 `(entities, size)`; entities that were never asked for are read first."""
        new = np.unique(indices[~self._known[indices]])
        if new.size and not self._vectors.flags.writeable:
            self._vectors = np.array(self._vectors)
        for start in range(0, len(new), BATCH):
            some = new[start : start + BATCH]
            self._vectors[some] = self._read(some.tolist())
        self._known[new] = True
        return self._vectors[indices]

    def save(self, path: Path, count: int) -> str:
        """Write the vectors of the first so many entities as a `.npy` file; those not yet known are read.

        Returns:
            sha256 of the file.
        """
        whole = self.of(np.arange(count))
        with atomic_writer(path, "wb", size=whole.nbytes) as file:
            np.save(file, whole, allow_pickle=False)
        return sha256(path)

    def use(self, path: Path, outdated: Iterable[int], checksum: str) -> None:
        """Take the vectors that `save` wrote, memory-mapped, but for entities that have changed since.

        Args:
            checksum: what `save` returned.

        Raises:
            RunError: the file is missing, damaged, altered or of another network.
        """
        try:
            if sha256(path) != checksum:
                raise RunError(
                    f"{path} was truncated or altered: its sha256 is not that of the training", CURE
                )
            stored = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise RunError(f"{path} is missing or damaged: {error}", CURE) from error
        count, size = self._vectors.shape
        if stored.dtype != np.float16 or stored.ndim != 2 or stored.shape[1] != size or len(stored) > count:
            raise RunError(
                f"{path}: wanted float16 vectors of size {size}, found {stored.dtype} {stored.shape}",
                CURE,
            )
        if len(stored) < count:  # entities were added
            stored = np.concatenate([stored, np.zeros((count - len(stored), size), np.float16)])
        self._vectors = stored
        self._known[: len(stored)] = True
        self._known[[*outdated]] = False
