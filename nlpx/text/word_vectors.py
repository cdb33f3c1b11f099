"""Word vectors from raw text: positive pointwise mutual information, factorised.

For each of the four neighbouring places a matrix counts how often a word stands at that distance of a frequent one;
its positive PMI with smoothed contexts (Levy, Goldberg & Dagan 2015) is factorised by a truncated SVD, and the words'
side, scaled by the square root of the singular values, is the vectors. No network, no epochs: a hundred megabytes of
Chinese take well under a minute on one core, and the same text always gives the same vectors.
"""

from __future__ import annotations

import logging
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpx.errors import DataError
from nlpx.text.normalize import normalize
from nlpx.text.segmentation import segmenter
from nlpx.text.vectors import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PLACES = (-2, -1, 1, 2)
"""Distances of the context words; each place has contexts of its own, so order counts."""

CONTEXTS = 8000
"""How many of the most frequent words serve as contexts."""

SMOOTHING = 0.75
"""Exponent of the context frequencies: rare contexts get less extreme PMI."""

CHUNK = 4_000_000
"""Positions counted at once: bounds the memory."""

READ_CHARACTERS = 1 << 20

_BLANKS = re.compile(r"\s+")

log = logging.getLogger("nlpx")


def train_word_vectors(
    paths: Sequence[Path], *, size: int = 100, min_count: int = 5, seed: int = 0
) -> Vectors:
    """Vectors of the words of raw text files, of length 1, most frequent word first.

    Args:
        paths: UTF-8 files, a sentence or paragraph a line.
        size: of the vectors.
        min_count: rarer words get none.
        seed: of the randomised SVD.

    Raises:
        DataError: a file is missing, or there are fewer words than `size`.
    """
    words, ids = _read(paths, min_count)
    if len(words) <= size:
        raise DataError(
            f"{', '.join(map(str, paths))}: only {len(words)} words come {min_count} times or more; "
            f"vectors of size {size} need more than {size}",
            "Give more text, or a smaller size.",
        )
    log.info("word vectors: %d words, %d tokens", len(words), len(ids))
    contexts = np.where(ids < CONTEXTS, ids, -1)
    shape = (len(words), min(CONTEXTS, len(words)))
    return Vectors(
        tuple(words), _factorise([_ppmi(_count(ids, contexts, by, shape)) for by in PLACES], size, seed)
    )


def fold(text: str) -> str:
    """The form in which words are counted and looked up; as long as the text."""
    return normalize(text, width=True, lower=True)


def _lines(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        try:
            with path.open(encoding="utf-8-sig", errors="replace") as file:
                while lines := file.readlines(READ_CHARACTERS):  # folding many lines at once is much faster
                    for line in fold("".join(lines)).split("\n"):
                        if len(text := _BLANKS.sub(" ", line).strip()) > 3:
                            yield text
        except FileNotFoundError as error:
            raise DataError(f"{path}: no such text file", "Put a UTF-8 file of raw text there.") from error


def _read(paths: Sequence[Path], min_count: int) -> tuple[list[str], np.ndarray]:
    """Words by falling frequency, and the text as their numbers; -1 for a rare word and around a line."""
    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    stream = array("i")
    segment = segmenter()
    for line in _lines(paths):
        stream.extend([numbers[word] for word in segment(line)])
        stream.extend((-1, -1))
    tokens = np.frombuffer(stream, dtype=np.intc)
    counts = np.bincount(tokens[tokens >= 0], minlength=len(numbers))
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] >= min_count]
    rank = np.full(len(numbers) + 1, -1, np.int32)  # the last entry is what -1 picks
    rank[order] = np.arange(len(order))
    names = list(numbers)
    return [names[i] for i in order], rank[tokens]


def _count(ids: np.ndarray, contexts: np.ndarray, by: int, shape: tuple[int, int]) -> csr_matrix:
    """How often context c stands `by` places after word w, `(words, contexts)`."""
    from scipy.sparse import csr_matrix

    total = csr_matrix(shape, dtype=np.float32)
    first, last = max(0, -by), len(ids) - max(0, by)
    for start in range(first, last, CHUNK):
        stop = min(start + CHUNK, last)
        words, around = ids[start:stop], contexts[start + by : stop + by]
        both = (words >= 0) & (around >= 0)
        ones = np.ones(int(both.sum()), np.float32)
        total = total + csr_matrix((ones, (words[both], around[both])), shape=shape)
    return total


def _ppmi(counts: csr_matrix) -> csr_matrix:
    """Positive PMI with context frequencies to the power of `SMOOTHING`."""
    words = np.asarray(counts.sum(axis=1)).ravel() + 1e-9
    contexts = (np.asarray(counts.sum(axis=0)).ravel() + 1e-9) ** SMOOTHING
    table: Any = counts.tocoo()
    pmi = np.log(table.data / words[table.row] / (contexts / contexts.sum())[table.col])
    table.data = np.maximum(pmi, 0).astype(np.float32)
    result = table.tocsr()
    result.eliminate_zeros()
    return result


def _factorise(blocks: list[csr_matrix], size: int, seed: int) -> np.ndarray:
    """Vectors of length 1 around their mean, float32 `(words, size)`."""
    from scipy.sparse import hstack
    from sklearn.utils.extmath import randomized_svd

    left, singular, _ = randomized_svd(
        hstack(blocks).tocsr(), size, n_oversamples=10, n_iter=2, random_state=seed
    )
    vectors = left * np.sqrt(singular)
    vectors -= vectors.mean(axis=0)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(norms, 1e-6)).astype(np.float32)
