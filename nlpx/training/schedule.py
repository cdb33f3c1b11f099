"""Learning rates by the number of the optimiser step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from nlpx.config.training import TrainingConfig


def make_schedule(config: TrainingConfig, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """The config's schedule, stretched over so many optimiser steps."""
    if config.schedule == "piecewise":
        return Piecewise(config.learning_rate, steps, config.points)
    return Schedule(
        config.learning_rate, steps, config.schedule, warmup=config.warmup, final=config.final_learning_rate
    )


class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """Linear rise to a peak, then a constant, linear or cosine way to the final rate; constant after that.

    Args:
        peak: the highest learning rate, reached after the warm-up.
        steps: optimiser steps of the whole training.
        kind: constant, linear or cosine.
        warmup: share of the steps in which the rate rises, in [0, 1).
        final: the rate at the last step; of no effect where `kind` is constant.
    """

    def __init__(
        self, peak: float, steps: int, kind: str = "constant", *, warmup: float = 0.0, final: float = 0.0
    ) -> None:
        self.peak, self.steps, self.kind, self.warmup, self.final = peak, steps, kind, warmup, final

    def __call__(self, step: Any) -> Any:
        """The learning rate of the step with this 0-based number; a scalar."""
        rising = round(self.warmup * self.steps)
        done = ops.cast(step, "float32") + 1.0
        rise = ops.minimum(done / max(rising, 1), 1.0)
        way = ops.clip((done - max(rising, 1)) / max(self.steps - max(rising, 1), 1), 0.0, 1.0)
        left = {"constant": 1.0, "linear": 1.0 - way, "cosine": 0.5 + 0.5 * ops.cos(math.pi * way)}[self.kind]
        return rise * (self.final + (self.peak - self.final) * left)

    def get_config(self) -> dict[str, Any]:
        names = ("peak", "steps", "kind", "warmup", "final")
        return {name: getattr(self, name) for name in names}


class Piecewise(keras.optimizers.schedules.LearningRateSchedule):
    """Straight lines between points; constant after the last one.

    Args:
        peak: what the factors are of.
        steps: optimiser steps of the whole training.
        points: pairs of a share of the steps and a factor, by ascending share; (0, 0) where none stands at 0.
    """

    def __init__(self, peak: float, steps: int, points: Sequence[tuple[float, float]]) -> None:
        self.peak, self.steps = peak, steps
        self.points = [(0.0, 0.0), *points] if points[0][0] > 0 else list(points)

    def __call__(self, step: Any) -> Any:
        """The learning rate of the step with this 0-based number; a scalar."""
        done = (ops.cast(step, "float32") + 1.0) / self.steps
        factor = ops.cast(self.points[0][1], "float32")
        for (start, low), (end, high) in zip(self.points, self.points[1:], strict=False):
            factor = factor + (high - low) * ops.clip((done - start) / (end - start), 0.0, 1.0)
        return self.peak * factor

    def get_config(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("peak", "steps", "points")}
