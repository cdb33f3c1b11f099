"""From the n-grams of a term to those of the names it means: a linear map, learned as a correction of the identity.

With terms and names as rows of n-gram vectors X and Y, ridge regression finds the W that makes ``b X + X W`` like Y:
``W = X' (X X' + c I)^-1 (Y - b X)``. What the pairs say nothing about stays what the term itself says. W is kept as the
product of two thin matrices, by the singular vectors of ``Y - b X``; so terms and names become short vectors, and a
term's score of a name is ``b x·y`` plus the product of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

IDENTITY = 0.8
"""b."""
RIDGE = 0.5
"""c; rows of X have length 1."""
RANK = 512
MEMORY = 20_000_000
"""Numbers that the vectors of all names may have together; beyond, they get shorter."""
MOST = 8_000
"""Pairs that are learned from; time grows with their cube."""


@dataclass(frozen=True)
class TermMap:
    """The two thin matrices.

    Attributes:
        of_terms: float32 (grams, rank).
        of_names: float32 (grams, rank).
    """

    of_terms: np.ndarray
    of_names: np.ndarray

    @classmethod
    def fit(cls, terms: csr_matrix, names: csr_matrix, *, most_names: int, seed: int) -> TermMap:
        """Learn from pairs.

        Args:
            terms, names: (pairs, grams); rows of length 1, or a little less.
            most_names: how many names will be compared.
        """
        from scipy.linalg import cho_factor, cho_solve

        pairs, grams = terms.shape
        rank = min(RANK, max(16, MEMORY // max(1, most_names)), pairs, grams)
        if not rank:
            return cls(*(np.zeros((grams, 0), np.float32) for _ in range(2)))
        left, right = _factors((names - IDENTITY * terms).tocsr(), rank, seed)
        kernel = (terms @ terms.T).toarray()
        kernel[np.diag_indices_from(kernel)] += RIDGE
        factor = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
        found = terms.T @ cho_solve(factor, left, check_finite=False)
        # What is kept and what is used right away are the same numbers.
        return cls(*(half.astype(np.float16).astype(np.float32) for half in (np.asarray(found), right)))

    def terms(self, vectors: csr_matrix) -> np.ndarray:
        """Short vectors of terms, float32 (terms, rank)."""
        return np.asarray(vectors @ self.of_terms)

    def names(self, vectors: csr_matrix) -> np.ndarray:
        """Short vectors of names, float32 (names, rank)."""
        return np.asarray(vectors @ self.of_names)

    # === Files ===

    def arrays(self) -> dict[str, np.ndarray]:
        """Both matrices by name."""
        return {"of_terms": self.of_terms.astype(np.float16), "of_names": self.of_names.astype(np.float16)}

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray]) -> TermMap:
        """The inverse of `arrays`."""
        return cls(arrays["of_terms"].astype(np.float32), arrays["of_names"].astype(np.float32))


def _factors(matrix: csr_matrix, rank: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """L (rows, rank) and R (columns, rank) with ``L R'`` nearly `matrix`, R orthonormal."""
    from sklearn.utils.extmath import randomized_svd

    left, values, right = randomized_svd(matrix, rank, n_iter=2, random_state=seed)
    return (left * values).astype(np.float32), right.T.astype(np.float32)
