"""What trees are told of a network's logits."""

from __future__ import annotations

import numpy as np

AMONG, NIL = "network: among candidates", "network: against nil"


def feature_names(*, nil: bool) -> list[str]:
    """The names of what `score_features` gives."""
    return [AMONG, NIL] if nil else [AMONG]


def score_features(span: np.ndarray, logits: np.ndarray, *, nil: bool) -> np.ndarray:
    """Of each row: its share among the candidates of its span, in [0, 1], and its logit against NIL; float32
    `(rows, features)`.

    Args:
        span: of each row, ascending.
        logits: against NIL, `(rows,)`.
        nil: whether to tell the latter.
    """
    if not len(span):
        return np.zeros((0, len(feature_names(nil=nil))), np.float32)
    first = np.flatnonzero(np.diff(span, prepend=span[0] - 1))
    number = np.cumsum(np.diff(span, prepend=span[0]) != 0)
    weight = np.exp(logits - np.maximum.reduceat(logits, first)[number])
    share = weight / np.add.reduceat(weight, first)[number]
    return np.stack([share, logits] if nil else [share], axis=1).astype(np.float32)
