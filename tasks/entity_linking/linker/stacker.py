"""Boosted trees that turn the features of a row into a calibrated probability."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from nlpx.errors import RunError
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.linker.calibration import fit_sigmoid, log_loss, sigmoid
from nlpx.tasks.entity_linking.linker.stacker_config import StackerConfig
from nlpx.tasks.entity_linking.linker.trees import Trees

PROBE = 4
"""Trees that are grown to see how long one takes."""
LEAST = 10
"""Trees that are grown however little time there is."""


class Stacker:
    """Gradient-boosted trees with a sigmoid behind them.

    Attributes:
        names: of the columns of `x`, in order.
        trees: fitted on all rows.
        slope, offset: of the sigmoid, fitted on held-out rows.
        hurried: whether there was no time for as many trees as were asked for.
    """

    def __init__(
        self, names: Sequence[str] = (), trees: Trees | None = None, slope: float = 1.0, offset: float = 0.0
    ) -> None:
        self.names, self.slope, self.offset = tuple(names), slope, offset
        self._trees = trees
        self.hurried = False

    @property
    def trees(self) -> Trees:
        if self._trees is None:
            raise RunError("the stacker was not trained", "Call fit or load before predict.")
        return self._trees

    def fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        context: FitContext,
        *,
        names: Sequence[str],
        groups: np.ndarray | None = None,
        options: StackerConfig | None = None,
        what: str = "growing trees",
    ) -> np.ndarray:
        """Choose the number of trees on held-out groups, calibrate on them, then fit on everything.

        Args:
            x: float32 (rows, columns); NaN where there is no value.
            y: bool (rows,).
            context: has the seed, hears what goes on; fewer trees are grown where it has no time for all.
            names: of the columns.
            groups: int (rows,), rows that must not straddle, such as those of one text; None for none.
            what: goes on, in words.

        Returns:
            float64 (rows,), the calibrated probability of each row by the trees that did not see it; NaN for rows
            that were never held out.
        """
        options = options or StackerConfig()
        x, y = np.asarray(x, np.float32), np.asarray(y, bool)
        folds = list(_folds(np.arange(len(y)) if groups is None else groups, options.folds, context.seed))
        if (seconds := context.seconds_left) is not None:
            affordable = affordable_trees(x, y, options, seconds / (len(folds) + 1))
            self.hurried = affordable < options.trees
            options = options.model_copy(update={"trees": affordable})
        forests = []
        for number, out in enumerate(folds, 1):
            context.stage(f"{what}: forest {number} of {len(folds) + 1}")
            forests.append(_fit(x[~out], y[~out], options, context.seed))
        losses = np.zeros(options.trees + 1)
        for out, forest in zip(folds, forests, strict=True):
            losses += _losses(forest, x[out], y[out], options.trees)
        best = int(np.argmin(losses)) if folds else options.trees
        scores = np.full(len(y), np.nan)
        for out, forest in zip(folds, forests, strict=True):
            scores[out] = forest.first(best).raw(x[out])
        held = ~np.isnan(scores)
        self.slope, self.offset = fit_sigmoid(scores[held], y[held])
        self.names = tuple(names)
        context.stage(f"{what}: forest {len(folds) + 1} of {len(folds) + 1}")
        options = options.model_copy(update={"trees": max(best, 1)})
        self._trees = _fit(x, y, options, context.seed).first(best)
        return sigmoid(self.slope * scores + self.offset)

    @property
    def learned(self) -> bool:
        """Whether any tree compares anything; without, all rows have the same probability."""
        return bool((self.trees.feature >= 0).any())

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, float64 (rows,), of rows float32 (rows, columns)."""
        if x.shape[1] != len(self.names):
            raise ValueError(f"the stacker was trained with {len(self.names)} columns and got {x.shape[1]}")
        return sigmoid(self.slope * self.trees.raw(x) + self.offset)

    # === Files ===

    def save(self, path: Path) -> None:
        """Write everything into one safetensors file."""
        from nlpx.training.tensorfile import write_tensors

        facts = {"names": self.names, "start": self.trees.start, "sigmoid": [self.slope, self.offset]}
        write_tensors(path, self.trees.arrays(), facts)

    @classmethod
    def load(cls, path: Path) -> Stacker:
        """What `save` wrote; RunError where it is missing or damaged."""
        from nlpx.training.tensorfile import read_tensors

        arrays, facts = read_tensors(path)
        return cls(facts["names"], Trees.of(arrays, facts["start"]), *facts["sigmoid"])


def _fit(x: np.ndarray, y: np.ndarray, options: StackerConfig, seed: int) -> Trees:
    from nlpx.tasks.entity_linking.linker.sklearn_trees import fit_trees

    return fit_trees(
        x,
        y,
        max_iter=options.trees,
        max_leaf_nodes=options.leaves,
        learning_rate=options.learning_rate,
        min_samples_leaf=options.min_rows,
        l2_regularization=options.l2,
        max_features=options.columns,
        random_state=seed,
    )


def affordable_trees(x: np.ndarray, y: np.ndarray, options: StackerConfig, seconds: float) -> int:
    """How many trees of a forest can be grown in so many seconds, at least `LEAST` of those asked for.

    Two small forests are grown to see what a tree takes, and what is there to do before the first.
    """
    taken = []
    for trees in (1, 1 + PROBE):
        began = time.monotonic()
        _fit(x, y, options.model_copy(update={"trees": trees}), seed=0)
        taken.append(time.monotonic() - began)
    each = max((taken[1] - taken[0]) / PROBE, 1e-6)
    return min(options.trees, max(LEAST, int((seconds - taken[0]) / each)))


def _losses(forest: Trees, x: np.ndarray, y: np.ndarray, trees: int) -> np.ndarray:
    """The loss without a tree and after each one, float64 (trees + 1,); a shorter forest stays at its last."""
    losses = [log_loss(np.full(len(y), forest.start), y)]
    losses += [log_loss(scores, y) for scores in forest.stages(x)]
    return np.pad(losses, (0, trees + 1 - len(losses)), mode="edge")


def _folds(groups: np.ndarray, folds: int, seed: int) -> Iterator[np.ndarray]:
    """Which rows are held out, bool (rows,), fold by fold; none where there is only one group."""
    unique, number = np.unique(groups, return_inverse=True)
    order = np.random.default_rng((seed, 0x57AC)).permutation(len(unique))
    if len(unique) < 2:
        return
    for fold in range(min(folds, len(unique))):
        yield (order % min(folds, len(unique)) == fold)[number]
