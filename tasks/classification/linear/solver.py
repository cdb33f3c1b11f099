"""Weights of one class against the rest."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from nlpx.tasks.classification.config_linear import LinearConfig

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

log = logging.getLogger("nlpx")


def solve(features: csr_matrix, inside: np.ndarray, config: LinearConfig) -> tuple[np.ndarray, float]:
    """Coefficients `(features,)` and intercept of the class that `inside` marks with 1 `(texts,)`.

    Where all texts or none are of the class there is nothing to learn: the intercept alone decides.
    """
    inside = np.asarray(inside) > 0
    if inside.all() or not inside.any():
        return np.zeros(features.shape[1], np.float32), 1.0 if inside.all() else -1.0
    ratios = log_count_ratios(features, inside) if config.ratios else None
    if ratios is not None:
        from scipy.sparse import diags

        features = features @ diags(ratios)
    model = _classifier(config)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(features, inside)
    for warning in caught:
        log.warning("linear model: %s", warning.message)
    coefficients = model.coef_.ravel()
    # The ratios are folded into the coefficients, so that prediction needs no more than plain TF-IDF.
    return (coefficients if ratios is None else coefficients * ratios).astype(np.float32), float(
        np.ravel(model.intercept_)[0]
    )


def log_count_ratios(features: csr_matrix, inside: np.ndarray) -> np.ndarray:
    """log of an n-gram's share in the class over that outside it, add-one, texts counted (Wang & Manning 2012)."""
    shares = []
    for part in (features[inside], features[~inside]):
        counts = 1 + np.asarray((part > 0).sum(axis=0)).ravel().astype(float)
        shares.append(counts / counts.sum())
    return np.log(shares[0] / shares[1])


def _classifier(config: LinearConfig) -> Any:
    if config.classifier == "svm":
        from sklearn.svm import LinearSVC

        return LinearSVC(C=config.c, random_state=0, max_iter=10_000)
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=config.c, solver="liblinear", random_state=0, max_iter=1000)
