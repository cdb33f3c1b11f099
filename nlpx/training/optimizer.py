"""Optimiser and learning-rate schedule from the config."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from nlpx.config.training import TrainingConfig
from nlpx.training.rates import own_rates, with_rates


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


def build_optimizer(config: TrainingConfig, model: keras.Model, steps: int) -> keras.optimizers.Optimizer:
    """The config's optimiser, built for the model's trainable variables.

    Weight decay spares biases, and everything of fewer than two axes: the scales of norms. Layers with
    `learning_rates` of their own, such as pretrained ones, have those as peak; the schedule is the same for all.

    Args:
        config: see `TrainingConfig`.
        model: built, so that it has variables.
        steps: optimiser steps of the whole training, which the schedule stretches over.
    """
    schedule = Schedule(
        config.learning_rate, steps, config.schedule, warmup=config.warmup, final=config.final_learning_rate
    )
    shared: dict[str, Any] = {
        "learning_rate": schedule,
        "global_clipnorm": config.clip_norm,
        "weight_decay": config.weight_decay or None,
        "name": "optimizer",
    }
    kinds = {
        "adam": keras.optimizers.Adam,
        "nadam": keras.optimizers.Nadam,
        "rmsprop": keras.optimizers.RMSprop,
        "sgd": keras.optimizers.SGD,
    }
    kind = kinds[config.optimizer]
    if rates := own_rates(model):
        kind = with_rates(kind, {path: rate / config.learning_rate for path, rate in rates.items()})
    if config.optimizer == "sgd":
        shared |= {"momentum": 0.9, "nesterov": True}
    optimizer = kind(**shared)
    if config.weight_decay:
        spared = [variable for variable in model.trainable_variables if len(variable.shape) < 2]
        optimizer.exclude_from_weight_decay(var_list=spared, var_names=["bias"])
    optimizer.build(model.trainable_variables)
    return optimizer
