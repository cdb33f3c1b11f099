"""A linear classifier over n-grams whose scores are log-odds: scikit-learn finds the weights, numpy applies them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpx.errors import RunError
from nlpx.runs.atomic import atomic_write
from nlpx.runs.reading import read_text
from nlpx.tasks.classification.config_linear import LinearConfig
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.linear.calibration import best_scale
from nlpx.tasks.classification.linear.folds import fold_numbers
from nlpx.tasks.classification.linear.ngrams import Ngrams
from nlpx.tasks.classification.linear.solver import solve
from nlpx.training.tensorfile import read_tensors, write_tensors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WEIGHTS = "linear.safetensors"

log = logging.getLogger("nlpx")


class LinearModel:
    """Scores `(texts, labels)` that a softmax, or where `several` a sigmoid, makes probabilities.

    Args:
        several: a text may have any number of classes.
    """

    def __init__(self, config: LinearConfig, *, several: bool = False) -> None:
        self.config, self.several = config, several
        self.families = [Ngrams(family) for family in config.ngrams]
        self.coefficients = np.zeros((0, 0), np.float32)  # (labels, features)
        self.intercepts = np.zeros(0, np.float32)  # (labels,)
        self.scale = 1.0

    # === Training ===

    def fit(self, examples: Sequence[Example], targets: np.ndarray) -> None:
        """Learn from texts and targets of 0 and 1 `(texts, labels)`."""
        for family in self.families:
            family.fit([text for one in examples for text in _texts(one)])
        features = self.features(examples)
        held_out = self.cross_validate(features, targets, fold_numbers(examples, self.config.folds))
        self.scale = best_scale(held_out, targets, several=self.several)
        self.coefficients, self.intercepts = self._solve(features, targets)
        log.info("linear model: %d n-grams, scale %.3f", features.shape[1], self.scale)

    def cross_validate(self, features: csr_matrix, targets: np.ndarray, folds: np.ndarray) -> np.ndarray:
        """Scores `(texts, labels)`, each by a model that has not seen the text's fold `(texts,)`."""
        scores = np.zeros(targets.shape)
        for fold in np.unique(folds):
            inside = folds == fold
            if inside.all():
                continue
            coefficients, intercepts = self._solve(features[~inside], targets[~inside])
            scores[inside] = features[inside] @ coefficients.T + intercepts
        return scores

    def _solve(self, features: csr_matrix, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients `(labels, features)` and intercepts `(labels,)`, a class against the rest."""
        if targets.shape[1] == 2 and not self.several:  # one against the other is all there is to know
            coefficients, intercept = solve(features, targets[:, 1], self.config)
            return np.stack([-coefficients, coefficients]), np.array([-intercept, intercept], np.float32)
        parts = [solve(features, column, self.config) for column in targets.T]
        return np.stack([part for part, _ in parts]), np.array([one for _, one in parts], np.float32)

    # === Prediction ===

    def scores(self, examples: Sequence[Example]) -> np.ndarray:
        """Log-odds of each class up to a constant, `(texts, labels)`."""
        return np.asarray(self.features(examples) @ self.coefficients.T + self.intercepts) * self.scale

    def features(self, examples: Sequence[Example]) -> csr_matrix:
        """All families side by side; of a pair its texts, and what they share, side by side."""
        from scipy.sparse import hstack

        blocks: list[Any] = []
        for family in self.families:
            first = family.transform([one.text for one in examples])
            blocks.append(first)
            if examples and examples[0].pair is not None:
                second = family.transform([one.pair or "" for one in examples])
                blocks += [second, first.multiply(second)]
        return hstack(blocks, format="csr", dtype=np.float32)

    @property
    def parameters(self) -> int:
        """Number of learned weights."""
        return self.coefficients.size + self.intercepts.size

    # === Files ===

    def save(self, folder: Path) -> None:
        """N-grams as text, weights as safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {"coefficients": self.coefficients, "intercepts": self.intercepts}
        for number, family in enumerate(self.families):
            atomic_write(folder / f"ngrams_{number}.txt", family.to_text())
            arrays[f"idf_{number}"] = family.idf
        write_tensors(folder / WEIGHTS, arrays, {"scale": self.scale})

    def load(self, folder: Path) -> None:
        """Read what `save` wrote. Raises RunError naming a missing or damaged file."""
        arrays, facts = read_tensors(folder / WEIGHTS)
        try:
            for number, family in enumerate(self.families):
                family.restore(read_text(folder / f"ngrams_{number}.txt"), arrays[f"idf_{number}"])
            self.coefficients, self.intercepts = arrays["coefficients"], arrays["intercepts"]
            self.scale = float(facts["scale"])
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(
                f"{folder}: the parts of the linear model don't fit each other: {error}",
                "the run folder is damaged; train again",
            ) from error


def _texts(example: Example) -> list[str]:
    return [example.text] if example.pair is None else [example.text, example.pair]
