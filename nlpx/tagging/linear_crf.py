"""A linear-chain CRF over named features (Lafferty et al. 2001), trained by L-BFGS; no network.

The score of a tag at a position is the sum of the weights that its features have for the tag. Weights are chosen by the
penalised likelihood of the training texts; there is one optimum, so there is no seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain as flatten
from pathlib import Path
from typing import Any

import numpy as np

from nlpx.errors import NlpxError, RunError
from nlpx.runs.atomic import atomic_write
from nlpx.tagging.chain import Chain, legal
from nlpx.tagging.likelihood import Constraints, Likelihood
from nlpx.text.vocabulary import Vocabulary
from nlpx.training.tensorfile import read_tensors, write_tensors

FEATURES, WEIGHTS = "features.txt", "weights.safetensors"

Features = Sequence[Sequence[str]]
"""The names of the features of each position of a text."""


class LinearCRF:
    """Weights of features for tags, and of tags that follow one another.

    Args:
        constraints: ``(allowed (tags, tags), start (tags,), end (tags,))``, bool, as `nlpx.text.tags.transitions`
            gives them; they hold in training too.
    """

    def __init__(self, constraints: Constraints) -> None:
        self.constraints = constraints
        self.features: dict[str, int] = {}
        tags = len(constraints[1])
        self.weights = np.zeros((0, tags), np.float32)
        self.scores = np.zeros((tags, tags)), np.zeros(tags), np.zeros(tags)

    # === Training ===

    def fit(
        self,
        texts: Sequence[Features],
        tags: Sequence[np.ndarray],
        *,
        l2: float = 1.0,
        iterations: int = 100,
        min_count: int = 2,
        heard: Callable[[int, float], None] | None = None,
    ) -> None:
        """Learn.

        Args:
            texts: none of them empty.
            tags: ids of the right tags, (length,) each.
            l2: penalty, times half the sum of the squared weights.
            iterations: of L-BFGS at most.
            min_count: features that fewer positions have are left out.
            heard: told the number of each iteration and its loss.
        """
        counts = Counter(flatten.from_iterable(flatten.from_iterable(texts)))
        kept = (name for name, count in counts.items() if count >= min_count)
        self.features = {name: row for row, name in enumerate(kept)}
        problem = Likelihood(self.matrix(texts), tags, self.constraints, l2)
        weights, *scores = problem.split(problem.solve(iterations, heard))
        self.weights = weights.astype(np.float32)
        self.scores = scores[0], scores[1], scores[2]

    def matrix(self, texts: Iterable[Features]) -> Any:
        """Features of all positions of all texts, a sparse 0/1 matrix (positions, features)."""
        from scipy.sparse import csr_matrix

        known, ids, ends = self.features, list[int](), [0]
        for names in flatten.from_iterable(texts):
            ids += [known[name] for name in names if name in known]
            ends.append(len(ids))
        shape = len(ends) - 1, len(known)
        return csr_matrix((np.ones(len(ids), np.float32), np.array(ids, np.int32), np.array(ends)), shape)

    # === Scores ===

    def chain(self, texts: Sequence[Features]) -> Chain:
        """The scores of texts, none of them empty."""
        lengths = np.array([len(text) for text in texts])
        inside = np.arange(lengths.max(initial=0)) < lengths[:, None]
        emissions = np.zeros((*inside.shape, self.weights.shape[1]))
        emissions[inside] = self.matrix(texts) @ self.weights
        return Chain(emissions, lengths, *legal(self.constraints, *self.scores))

    # === Files ===

    def save(self, folder: Path) -> None:
        """The names of the features as text, the weights as safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        atomic_write(folder / FEATURES, Vocabulary(list(self.features)).to_text().encode())
        transitions, start, end = self.scores
        arrays: dict[str, np.ndarray] = {
            "weights": self.weights,
            "transitions": transitions,
            "start": start,
            "end": end,
        }
        write_tensors(folder / WEIGHTS, arrays)

    def load(self, folder: Path) -> None:
        """What `save` wrote. Raises RunError naming a missing or damaged file."""
        arrays, _ = read_tensors(folder / WEIGHTS)
        try:
            names = Vocabulary.from_text((folder / FEATURES).read_text("utf-8")).tokens
        except (OSError, UnicodeDecodeError, NlpxError) as error:
            raise RunError(f"{folder / FEATURES} is missing or damaged: {error}", "Train again.") from error
        self.weights = arrays["weights"]
        if self.weights.shape != (len(names), len(self.constraints[1])):
            raise RunError(f"{folder}: features and weights are of two models", "Train again.")
        self.features = {name: row for row, name in enumerate(names)}
        self.scores = arrays["transitions"], arrays["start"], arrays["end"]
