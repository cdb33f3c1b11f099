"""Folds such that nothing is judged by a model that has seen a twin of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from nlpx.tasks.classification.example import Example
from nlpx.text.holdout import fingerprint


def fold_numbers(examples: Sequence[Example], folds: int) -> np.ndarray:
    """A number below `folds` for each text `(texts,)`; equal texts share one, and so do phrases of one text."""
    phrases = any(not example.whole for example in examples)
    keys = [example.source if phrases else fingerprint(example.text) for example in examples]
    digests = [hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest() for key in keys]
    return np.array([int.from_bytes(digest[:8], "big") % folds for digest in digests])
