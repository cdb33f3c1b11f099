"""Vectors of entities by index, read by the network once and kept in half precision."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from nlpx.errors import RunError
from nlpx.runs.atomic import atomic_writer

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

    def save(self, path: Path, count: int) -> None:
        """Write the vectors of the first so many entities as a `.npy` file; those not yet known are read."""
        whole = self.of(np.arange(count))
        with atomic_writer(path, "wb", size=whole.nbytes) as file:
            np.save(file, whole, allow_pickle=False)

    def use(self, path: Path, outdated: Iterable[int]) -> None:
        """Take the vectors that `save` wrote, memory-mapped, but for entities that have changed since.

        Raises:
            RunError: the file is missing, damaged or of another network.
        """
        try:
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
