"""Vectors from counts: positive pointwise mutual information, factorised.

A matrix counts how often an item stands at some distance of a context item. Its positive PMI with smoothed contexts
(Levy, Goldberg & Dagan 2015) is factorised by a truncated SVD; the items' side, scaled by the square root of the
singular values, is the vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PLACES = (-2, -1, 1, 2)
"""Distances of the contexts; each place has contexts of its own, so order counts."""

SMOOTHING = 0.75
"""Exponent of the context frequencies: rare contexts get less extreme PMI."""

CHUNK = 4_000_000
"""Positions counted at once: bounds the memory."""


def count_at(ids: np.ndarray, contexts: np.ndarray, by: int, shape: tuple[int, int]) -> csr_matrix:
    """How often context c stands `by` places after item i, `shape = (items, contexts)`.

    Args:
        ids: the text as numbers of items `(length,)`; -1 for none.
        contexts: the same text as numbers of contexts `(length,)`; -1 for none.
    """
    from scipy.sparse import csr_matrix

    total = csr_matrix(shape, dtype=np.float32)
    first, last = max(0, -by), len(ids) - max(0, by)
    for start in range(first, last, CHUNK):
        stop = min(start + CHUNK, last)
        items, around = ids[start:stop], contexts[start + by : stop + by]
        both = (items >= 0) & (around >= 0)
        ones = np.ones(int(both.sum()), np.float32)
        total = total + csr_matrix((ones, (items[both], around[both])), shape=shape)
    return total


def positive_pmi(counts: csr_matrix) -> csr_matrix:
    """Positive PMI with context frequencies to the power of `SMOOTHING`, from counts, both `(items, contexts)`."""
    items = np.asarray(counts.sum(axis=1)).ravel() + 1e-9
    contexts = (np.asarray(counts.sum(axis=0)).ravel() + 1e-9) ** SMOOTHING
    table: Any = counts.tocoo()
    pmi = np.log(table.data / items[table.row] / (contexts / contexts.sum())[table.col])
    table.data = np.maximum(pmi, 0).astype(np.float32)
    result = table.tocsr()
    result.eliminate_zeros()
    return result


def factorise(blocks: Sequence[csr_matrix], size: int, seed: int) -> np.ndarray:
    """Vectors of length 1 around their mean, float32 `(items, size)`, from matrices side by side.

    Args:
        seed: of the randomised SVD.
    """
    from scipy.sparse import hstack
    from sklearn.utils.extmath import randomized_svd

    left, singular, _ = randomized_svd(
        hstack(blocks).tocsr(), size, n_oversamples=10, n_iter=2, random_state=seed
    )
    vectors = left * np.sqrt(singular)
    vectors -= vectors.mean(axis=0)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(norms, 1e-6)).astype(np.float32)
