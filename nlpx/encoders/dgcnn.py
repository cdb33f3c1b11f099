"""Gated dilated residual convolutions (Su's DGCNN, kexue.fm/archives/5409)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from nlpx.encoders.base import LightEncoderConfig, register

if TYPE_CHECKING:
    import keras


@register
class DGCNNConfig(LightEncoderConfig):
    """A row of gated convolutions per layer, each seeing further than the one before."""

    type: Literal["dgcnn"] = Field(default="dgcnn", description="Gated dilated residual convolutions.")
    dropout: float = Field(
        default=0.2, ge=0, lt=1, description="Share of units dropped at the end in training."
    )
    dilations: list[int] = Field(
        default=[1, 2, 5, 1, 2, 5, 1, 1, 1],
        min_length=1,
        description="Step between the positions of each convolution.",
    )
    kernel_size: int = Field(default=3, gt=0, description="Positions one convolution sees; odd.")
    block_dropout: float = Field(
        default=0.1, ge=0, lt=1, description="Share of channels dropped before each convolution."
    )

    @field_validator("kernel_size")
    @classmethod
    def _kernel_size_is_odd(cls, kernel_size: int) -> int:
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size is {kernel_size}; wanted an odd number")
        return kernel_size

    def make_stack(self) -> keras.layers.Layer:
        from nlpx.layers import GatedDilatedConv
        from nlpx.layers.stack import Stack

        blocks = [
            GatedDilatedConv(
                kernel_size=self.kernel_size,
                dilation_rate=dilation,
                dropout=self.block_dropout,
                name=f"layer_{layer}_conv_{index}",
            )
            for layer in range(self.layers)
            for index, dilation in enumerate(self.dilations)
        ]
        return Stack(blocks, projection=self.units, dropout=self.dropout, residual=True, name="stack")
