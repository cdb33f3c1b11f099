"""Word vectors from raw text: how often a word stands at each of four places around a frequent one, factorised.

No network, no epochs: a hundred megabytes of Chinese take well under a minute on one core, and the same text always
gives the same vectors. `nlpx.text.cooccurrence` has the formula.
"""

from __future__ import annotations

import logging
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from nlpx.errors import DataError
from nlpx.text.cooccurrence import PLACES, count_at, factorise, positive_pmi
from nlpx.text.normalize import normalize
from nlpx.text.segmentation import segmenter
from nlpx.text.vectors import Vectors

CONTEXTS = 8000
"""How many of the most frequent words serve as contexts."""

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
    counts = [positive_pmi(count_at(ids, contexts, by, shape)) for by in PLACES]
    return Vectors(tuple(words), factorise(counts, size, seed))


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
