"""How the gradients of a batch are found, on whichever backend Keras runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras

from nlpx.training.loss import Loss

Differentiate = Callable[[Callable[[], Any], Sequence[keras.Variable]], tuple[Any, list[Any]]]
"""The value of a function without arguments, and its gradients for some variables: None or sparse where the backend
has it so. What the function does to other variables, such as seeds, is kept."""

Gradients = Callable[[Any, Differentiate], tuple[Any, list[Any]]]
"""From a batch to its loss and the gradients for all trainable variables."""


def plain_gradients(model: keras.Model, loss: Loss) -> Gradients:
    """Those of the loss."""
    variables = model.trainable_variables
    return lambda batch, differentiate: differentiate(lambda: loss(batch), variables)
