"""The loss of a batch, which its gradients are of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Loss = Callable[[Any], Any]
"""From a batch to the scalar to minimise; each call draws dropout anew."""


def training_pass(model: keras.Model, batch: Any) -> tuple[Any, Any]:
    """Outputs of a pass with dropout, and the model's own loss of them."""
    outputs = model(batch, training=True)
    return outputs, model.compute_loss(x=batch, y=None, y_pred=outputs, sample_weight=None, training=True)


def plain(model: keras.Model) -> Loss:
    """The model's own loss of one pass."""
    return lambda batch: training_pass(model, batch)[1]


def flooded(loss: Loss, level: float) -> Loss:
    """|L - b| + b of each batch: below b the loss is driven up again (Ishida et al. 2020)."""
    return lambda batch: ops.abs(loss(batch) - level) + level
