"""A compiled forward pass gives what the model gives, also after its weights have changed."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from nlpx.training.forward import compile_forward


class Sum(keras.Model):
    """``(batch, length)`` numbers to ``(batch, 1)``."""

    def __init__(self) -> None:
        super().__init__(name="sum")
        self.out = keras.layers.Dense(1, name="out")
        self.dropout = keras.layers.Dropout(0.9, name="dropout")

    def call(self, batch: dict, training: bool = False):
        return self.dropout(self.out(batch["x"]), training=training)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_outputs_follow_the_weights(jit_compile):
    model, batch = Sum(), {"x": np.ones((2, 3), np.float32)}
    model(batch)
    forward = compile_forward(model, jit_compile=jit_compile)
    for weight in (1.0, 2.0):
        model.out.kernel.assign(np.full((3, 1), weight))
        np.testing.assert_allclose(forward(batch), [[3 * weight]] * 2)
