"""Word vectors trained on a corpus, kept so that the same corpus is read once.

The cache is a convenience, never a dependency: an entry is named by the content of the files and the settings, and a
missing or damaged one is made again.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np

from nlpx.errors import DataError, NlpxError
from nlpx.runs.atomic import atomic_write
from nlpx.text.vectors import Vectors, read_vectors
from nlpx.text.word_vectors import train_word_vectors

FORMAT = 1

log = logging.getLogger("nlpx")


def cache_folder() -> Path:
    """``$NLPX_CACHE``, else ``nlpx`` in the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("NLPX_CACHE") or Path(base) / "nlpx")


def corpus_vectors(paths: Sequence[Path], *, size: int, min_count: int) -> Vectors:
    """As `train_word_vectors`, from the cache where it has them; float16 precision either way."""
    entry = cache_folder() / f"word-vectors-{_key(paths, size, min_count)}.npz"
    if entry.is_file():
        try:
            return read_vectors(entry)
        except NlpxError as error:
            log.warning("word vectors are made again: %s", error)
    made = train_word_vectors(paths, size=size, min_count=min_count)
    matrix = made.matrix.astype(np.float16)
    packed = BytesIO()
    np.savez(packed, tokens=np.array(made.tokens), matrix=matrix)
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(entry, packed.getvalue())
    except (NlpxError, OSError) as error:
        log.warning("word vectors are not kept for the next time: %s", error)
    return Vectors(made.tokens, matrix.astype(np.float32))


def _key(paths: Sequence[Path], size: int, min_count: int) -> str:
    digest = hashlib.sha256(f"{FORMAT} {size} {min_count}".encode())
    for path in paths:
        try:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise DataError(f"{path}: no such text file", "Put a UTF-8 file of raw text there.") from error
    return digest.hexdigest()[:24]
