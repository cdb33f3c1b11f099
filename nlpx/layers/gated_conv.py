"""Gated dilated residual convolution, the block of DGCNN (Su, kexue.fm/archives/5409)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from nlpx.layers.block import Block
from nlpx.layers.masking import Tensor, zero_padding


@keras.saving.register_keras_serializable("nlpx")
class GatedDilatedConv(Block):
    """`y = x * (1 - gate) + conv_1(x) * gate` with `gate = sigmoid(conv_2(x))`; units stay as they are.

    Args:
        kernel_size: positions one output sees, odd, > 0.
        dilation_rate: distance between two of them, > 0.
        dropout: share of the input's channels dropped in training before the convolution, in [0, 1); one draw
            holds for all positions of a text.
        seed: of the dropout draws.

    Call arguments:
        x: `(batch, length, units)`.
        mask: `(batch, length)` bool, True at real positions; None when all are real.

    Returns:
        `(batch, length, units)`, zeros at padded positions.
    """

    def __init__(self, *, kernel_size: int = 3, dilation_rate: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if kernel_size % 2 == 0:
            raise ValueError(
                f"kernel_size must be odd, so that a position sees both sides. Received: {kernel_size}"
            )
        self.kernel_size = kernel_size
        self.dilation_rate = dilation_rate

    def build(self, input_shape: tuple[Any, ...]) -> None:
        # One convolution makes candidates and gates: a wider matrix product is faster than two.
        self.conv = keras.layers.Conv1D(
            2 * input_shape[-1],
            self.kernel_size,
            dilation_rate=self.dilation_rate,
            padding="same",
            dtype=self.dtype_policy,
            name="conv",
        )
        self.conv.build(input_shape)

    def call(self, x: Tensor, mask: Tensor | None = None, training: bool = False) -> Tensor:
        # Zeros before the convolution, or what stands in the padding leaks into real positions.
        x = zero_padding(x, mask)
        seen = self.drop(x, training, noise_shape=(None, 1, None))
        candidate, gate = ops.split(self.conv(seen), 2, axis=-1)
        gate = ops.sigmoid(gate)
        return zero_padding(x + gate * (candidate - x), mask)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "dilation_rate": self.dilation_rate,
        }
