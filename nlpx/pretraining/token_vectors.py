"""First vectors of tokens from counts, so that a model need not learn from nothing which characters are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlpx.pretraining.blocks import Blocks
from nlpx.text.cooccurrence import PLACES, count_at, factorise, positive_pmi

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

AT_ONCE = 30_000
"""Blocks counted at once: bounds the memory."""

RARE = 5
"""A token that is rarer tells too little of itself."""


@dataclass(frozen=True)
class TokenCounts:
    """What counting tells of tokens.

    Attributes:
        vectors: of length 1 `(known, size)` float32.
        known: ids of the tokens that have vectors, ascending `(known,)`.
        log_shares: logarithm of each token's share of the text, `(tokens,)` float32: where the bias of the output
            layer starts.
    """

    vectors: np.ndarray
    known: np.ndarray
    log_shares: np.ndarray


def count_tokens(
    blocks: Blocks, targets: np.ndarray, size: int, seed: int, *, sep: int
) -> TokenCounts | None:
    """Vectors by the neighbours of tokens in all blocks; None where too few tokens are frequent enough.

    Args:
        targets: by id, whether a token can be asked for `(tokens,)` bool; the others are no neighbours of anything.
        size: of the vectors.
        seed: of the randomised SVD.
        sep: id of `[SEP]`; where it cannot be asked for, what stands before it is no neighbour of what follows.
    """
    counts, frequencies = _count(blocks, targets, sep)
    known = np.flatnonzero(frequencies >= RARE)
    if len(known) <= size:
        return None
    neighbours = [positive_pmi(one[known][:, known]) for one in counts]
    shares = (frequencies + 1) / (frequencies + 1).sum()
    return TokenCounts(factorise(neighbours, size, seed), known, np.log(shares).astype(np.float32))


def _count(blocks: Blocks, targets: np.ndarray, sep: int) -> tuple[list[csr_matrix], np.ndarray]:
    """How often tokens stand at each of `PLACES` of each other, and how often each comes."""
    gap = max(PLACES)
    counts: dict[int, csr_matrix] = {}
    frequencies = np.zeros(len(targets), np.int64)
    for start in range(0, len(blocks), AT_ONCE):
        ids, _ = blocks[np.arange(start, min(start + AT_ONCE, len(blocks)))]
        ids = np.pad(ids, ((0, 0), (0, 1)), constant_values=-1).ravel()
        border = (ids == -1) | ((ids == sep) & (not targets[sep]))
        ids = np.repeat(np.where((ids >= 0) & targets[ids], ids, -1), np.where(border, gap, 1))
        frequencies += np.bincount(ids[ids >= 0], minlength=len(targets))
        for by in (place for place in PLACES if place > 0):
            found = count_at(ids, ids, by, (len(targets), len(targets)))
            counts[by] = counts[by] + found if by in counts else found
    return [counts[by] if by > 0 else counts[-by].T.tocsr() for by in PLACES], frequencies
