"""Boosted trees fitted by scikit-learn, as arrays that need no scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np

from nlpx.tasks.entity_linking.linker.trees import Trees


def fit_trees(x: np.ndarray, y: np.ndarray, **options: Any) -> Trees:
    """Fit ``HistGradientBoostingClassifier(**options)``; where all rows are of one class, there are no trees.

    Args:
        x: float32 (rows, columns).
        y: bool (rows,).
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    if y.all() or not y.any():
        return constant((y.sum() + 0.5) / (len(y) + 1))
    model = HistGradientBoostingClassifier(early_stopping=False, **options)
    # One thread: its threads wait busily for one another, which makes two of them several times slower than one as
    # soon as anything else runs (measured: 4 times with 300,000 rows, 40 times with 10,000).
    with threadpool_limits(1, user_api="openmp"):
        model.fit(x, y)
    return export(model)


def constant(probability: float) -> Trees:
    """No trees, and the same probability for all."""
    kinds = (np.int64, np.int32, np.float32, bool, np.int32, np.int32, np.float64, np.int64)
    empty = {name: np.zeros(0, kind) for name, kind in zip(Trees.NAMES, kinds, strict=True)}
    return Trees.of(empty, float(np.log(probability / (1 - probability))))


def export(model: Any) -> Trees:
    """The trees of a fitted HistGradientBoostingClassifier for two classes."""
    forest = [group[0].nodes for group in model._predictors]
    is_leaf = [nodes["is_leaf"].astype(bool) for nodes in forest]
    sizes = [len(nodes) for nodes in forest]
    roots = np.cumsum([0, *sizes[:-1]]).astype(np.int64)
    shift = np.repeat(roots, sizes)
    nodes, leaf = np.concatenate(forest), np.concatenate(is_leaf)
    numbers = np.concatenate([np.cumsum(flags) - 1 for flags in is_leaf])
    return Trees(
        roots=roots,
        feature=np.where(leaf, -1, nodes["feature_idx"]).astype(np.int32),
        threshold=_floor(nodes["num_threshold"]),
        nan_left=nodes["missing_go_to_left"].astype(bool),
        left=np.where(leaf, numbers, nodes["left"] + shift).astype(np.int32),
        right=np.where(leaf, 0, nodes["right"] + shift).astype(np.int32),
        value=nodes["value"][leaf].astype(np.float64),
        leaves=np.cumsum([0, *(int(flags.sum()) for flags in is_leaf[:-1])]).astype(np.int64),
        start=float(np.ravel(model._baseline_prediction)[0]),
    )


def _floor(values: np.ndarray) -> np.ndarray:
    """The greatest float32 not above each float64, so that float32 rows compare as with the float64."""
    low = values.astype(np.float32)
    return np.where(low > values, np.nextafter(low, np.float32(-np.inf)), low).astype(np.float32)
