"""R-Drop (Liang et al. 2021): two passes that drop other units are to predict the same.

    (L_1 + L_2) / 2 + α / 2 · (KL(p_1 || p_2) + KL(p_2 || p_1)) / 2

is half of the paper's loss, so that without dropout it is the plain one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from nlpx.errors import ConfigError
from nlpx.training.loss import Loss, training_pass

Divergence = Callable[[Any, Any, Any], Any]
"""From the outputs of two passes and the batch to KL(first || second), a mean over the real texts."""


def make_loss(model: keras.Model, weight: float) -> Loss:
    """The loss of two passes over a batch.

    Args:
        weight: α.

    Raises:
        ConfigError: the model has no `divergence`.
    """
    divergence = divergence_of(model, "training.r_drop")

    def loss(batch: Any) -> Any:
        first, one = training_pass(model, batch)
        second, two = training_pass(model, batch)
        apart = divergence(first, second, batch) + divergence(second, first, batch)
        return (one + two) / 2 + weight / 4 * apart

    return loss


def divergence_of(model: keras.Model, key: str) -> Divergence:
    """How the model compares what two passes predict.

    Raises:
        ConfigError: it does not; names the key of the config that asks for it.
    """
    found: Divergence | None = getattr(model, "divergence", None)
    if found is None:
        what = f"{key} compares what two passes predict, and this network ({model.name}) does not say how"
        raise ConfigError(what, "take it out; classifiers and taggers have it")
    return found
