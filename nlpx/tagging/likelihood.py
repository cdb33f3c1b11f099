"""The penalised likelihood of a linear chain over sparse features, and its optimum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nlpx.tagging.chain import Chain, Sums, legal, marginals, sums

GROUP = 256
"""Texts of similar length that are worked on at once, so that little is padding."""

Constraints = tuple[np.ndarray, np.ndarray, np.ndarray]


class Likelihood:
    """The penalised negative log-likelihood and its gradient, as L-BFGS asks for them.

    Args:
        matrix: features of all positions of all texts, sparse (positions, features).
        tags: ids of the right tags of each text, (length,) each.
        constraints: what may follow, begin and end.
        l2: penalty, times half the sum of the squared weights.
    """

    def __init__(self, matrix: Any, tags: Sequence[np.ndarray], constraints: Any, l2: float) -> None:
        self.x, self.l2, self.constraints = matrix, l2, constraints
        self.xt = matrix.T.tocsr()
        self.size = len(constraints[1])
        self.lengths = np.array([len(row) for row in tags])
        self.offsets = np.concatenate([[0], np.cumsum(self.lengths)])
        order = np.argsort(self.lengths, kind="stable")
        self.groups = [group for group in np.array_split(order, max(1, len(order) // GROUP)) if len(group)]
        self.gold = self._gold(tags)

    def _gold(self, tags: Sequence[np.ndarray]) -> np.ndarray:
        """How often each weight counts in the right paths."""
        flat = np.concatenate(tags)
        hot = np.eye(self.size)[flat]
        follows = np.ones(len(flat), bool)
        follows[self.offsets[:-1]] = False
        pairs = np.zeros((self.size, self.size))
        np.add.at(pairs, (flat[:-1][follows[1:]], flat[1:][follows[1:]]), 1)
        start, end = hot[self.offsets[:-1]].sum(0), hot[self.offsets[1:] - 1].sum(0)
        return np.concatenate([(self.xt @ hot).ravel(), pairs.ravel(), start, end])

    def split(self, flat: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Weights (features, tags), transitions (tags, tags), start and end (tags,) of all parameters in a row."""
        k = self.size
        n = self.x.shape[1] * k
        return flat[:n].reshape(-1, k), flat[n : n + k * k].reshape(k, k), flat[-2 * k : -k], flat[-k:]

    def solve(self, iterations: int, heard: Callable[[int, float], None] | None = None) -> np.ndarray:
        """The parameters after so many iterations of L-BFGS, or where no step helps any more.

        Args:
            heard: told the number of each iteration, from 1, and its loss; may raise StopIteration.
        """
        from scipy.optimize import minimize

        done = 0

        def callback(intermediate_result: Any) -> None:
            nonlocal done
            done += 1
            if heard is not None:
                heard(done, float(intermediate_result.fun))

        options = {"maxiter": iterations, "maxcor": 6, "maxfun": 2 * iterations}
        zeros = np.zeros(len(self.gold))
        found = minimize(self, zeros, jac=True, method="L-BFGS-B", callback=callback, options=options)
        return np.asarray(found.x)

    def __call__(self, flat: np.ndarray) -> tuple[float, np.ndarray]:
        """Penalised negative log-likelihood and its gradient."""
        weights, *scores = self.split(flat)
        emissions = self.x @ weights  # (positions, tags)
        parts = legal(self.constraints, *scores)
        expected = np.empty_like(emissions)
        pairs, ends = np.zeros((self.size, self.size)), np.zeros((2, self.size))
        log_z = 0.0
        for group in self.groups:
            places, inside = self._places(group)
            table = np.zeros((*inside.shape, self.size))
            table[inside] = emissions[places]
            chain = Chain(table, self.lengths[group], *parts)
            found = sums(chain)
            shares = marginals(chain, found)
            expected[places] = shares[inside]
            log_z += found.log_z.sum()
            ends += shares[:, 0].sum(0), shares[np.arange(len(group)), chain.lengths - 1].sum(0)
            pairs += _expected_pairs(chain, found)
        gradient = np.concatenate([(self.xt @ expected).ravel(), pairs.ravel(), ends.ravel()])
        value = log_z - flat @ self.gold + 0.5 * self.l2 * flat @ flat
        return value, gradient - self.gold + self.l2 * flat

    def _places(self, group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions of a group's texts in a row, and where they stand in its table, bool (texts, longest)."""
        lengths = self.lengths[group]
        steps = np.arange(lengths.max())
        inside = steps < lengths[:, None]
        return (self.offsets[group][:, None] + steps)[inside], inside


def _expected_pairs(chain: Chain, found: Sums) -> np.ndarray:
    """Expected number of each pair of neighbouring tags, (tags, tags), over all texts."""
    if chain.emissions.shape[1] < 2:
        return np.zeros_like(chain.transitions)
    left = found.forward[:, :-1] - found.log_z[:, None, None]
    right = found.backward[:, 1:] + chain.emissions[:, 1:]
    inside = np.arange(1, chain.emissions.shape[1]) < chain.lengths[:, None]
    # exp(left + transitions + right), with left and right moved so that neither overflows
    shift = left.max(-1, keepdims=True)
    total = np.einsum("bti,btj->ij", np.exp(left - shift) * inside[..., None], np.exp(right + shift))
    return total * np.exp(chain.transitions)
