"""The optimiser of a config."""

from __future__ import annotations

from typing import Any

import keras

from nlpx.config.training import TrainingConfig
from nlpx.training.adafactor import Adafactor
from nlpx.training.lamb import Lamb
from nlpx.training.rates import own_rates, with_rates
from nlpx.training.schedule import make_schedule

KINDS: dict[str, type[keras.optimizers.Optimizer]] = {
    "adam": keras.optimizers.Adam,
    "nadam": keras.optimizers.Nadam,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
    "lamb": Lamb,
    "adafactor": Adafactor,
}


def build_optimizer(config: TrainingConfig, model: keras.Model, steps: int) -> keras.optimizers.Optimizer:
    """The config's optimiser, built for the model's trainable variables.

    Weight decay spares biases, and everything of fewer than two axes: the scales of norms. Layers with
    `learning_rates` of their own, such as pretrained ones, have those as peak; the schedule is the same for all.

    Args:
        config: see `TrainingConfig`.
        model: built, so that it has variables.
        steps: optimiser steps of the whole training, which the schedule stretches over.
    """
    shared: dict[str, Any] = {
        "learning_rate": make_schedule(config, steps),
        "global_clipnorm": config.clip_norm,
        "weight_decay": config.weight_decay or None,
        "name": "optimizer",
    }
    kind = KINDS[config.optimizer]
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
