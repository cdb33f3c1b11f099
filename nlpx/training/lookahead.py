"""Lookahead (Zhang et al. 2019): slow weights that follow the fast ones every few steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from nlpx.config.training_options import LookaheadConfig


class Lookahead:
    """Every k steps ``slow += α (fast - slow); fast = slow``. The slow weights start where the fast ones do.

    Args:
        variables: the fast weights, built.
        config: k and α; None for nothing to happen.
    """

    def __init__(self, variables: Sequence[keras.Variable], config: LookaheadConfig | None) -> None:
        self.config = config
        self._fast = list(variables) if config is not None else []
        self.slow = [
            keras.Variable(ops.convert_to_numpy(v), trainable=False, dtype=v.dtype, name=f"slow_{index}")
            for index, v in enumerate(self._fast)
        ]

    def update(self, step: Any) -> None:
        """Take in the optimiser step of this 1-based number, maybe in a graph."""
        if self.config is None:
            return
        meets = ops.equal(ops.cast(step, "int32") % self.config.steps, 0)
        for fast, slow in zip(self._fast, self.slow, strict=True):
            now, before = ops.convert_to_tensor(fast), ops.convert_to_tensor(slow)
            # Written so that neither α = 1 nor weights that stand still leave a rounding error.
            met = now + (1.0 - self.config.share) * (before - now)
            slow.assign(ops.where(meets, met, before))
            fast.assign(ops.where(meets, met, now))
