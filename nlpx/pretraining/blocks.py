"""Packed blocks of tokens on the disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def number_type(tokens: int) -> str:
    """The type that holds `2 * id + begins` for a vocabulary of this size."""
    return "<u2" if 2 * tokens <= 2**16 else "<u4"


class Blocks:
    """Blocks of one length, mapped from a file: only those asked for come into memory.

    Args:
        path: of the file; each token is a number `2 * id + begins`, where `begins` says whether a word begins there.
        length: tokens of a block.
        tokens: size of the vocabulary.
    """

    def __init__(self, path: Path, length: int, tokens: int) -> None:
        kind = np.dtype(number_type(tokens))
        count = path.stat().st_size // (kind.itemsize * length)
        shape = (count, length)
        self._numbers = np.memmap(path, kind, "r", shape=shape) if count else np.zeros(shape, kind)

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Ids int32 and whether a word begins there, `(rows, length)` both."""
        numbers = self._numbers[np.asarray(rows)].astype(np.int64)
        return (numbers >> 1).astype(np.int32), (numbers & 1).astype(bool)


def as_numbers(ids: np.ndarray, begins: np.ndarray, tokens: int) -> bytes:
    """A block as it lies in the file."""
    return (ids.astype(np.int64) * 2 + begins).astype(number_type(tokens)).tobytes()
