"""Transformer trained from scratch: pre-LN blocks with rotary positions, so no longest text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from nlpx.encoders.base import LightEncoderConfig, register

if TYPE_CHECKING:
    import keras


@register
class TransformerConfig(LightEncoderConfig):
    """Self-attention and feed-forward blocks."""

    type: Literal["transformer"] = Field(
        default="transformer", description="Pre-LN transformer with rotary positions."
    )
    units: int = Field(default=256, gt=0, description="Size of a position's vector; a multiple of 2 * heads.")
    layers: int = Field(default=4, gt=0, description="Number of blocks.")
    dropout: float = Field(
        default=0.1, ge=0, lt=1, description="Share of units dropped in training, in blocks and at the end."
    )
    heads: int = Field(default=4, gt=0, description="Attention heads.")
    feed_forward: int = Field(
        default=4, gt=0, description="Hidden size of the feed-forward part, as a multiple of units."
    )

    @model_validator(mode="after")
    def _units_fit_heads(self) -> TransformerConfig:
        if self.units % (2 * self.heads):
            raise ValueError(f"units is {self.units}; wanted a multiple of 2 * heads = {2 * self.heads}")
        return self

    @property
    def jit_compile(self) -> bool:
        return True

    def make_stack(self) -> keras.layers.Layer:
        from nlpx.layers import TransformerBlock
        from nlpx.layers.stack import Stack

        blocks = [
            TransformerBlock(
                heads=self.heads, feed_forward=self.feed_forward, dropout=self.dropout, name=f"block_{index}"
            )
            for index in range(self.layers)
        ]
        return Stack(
            blocks, projection=self.units, dropout=self.dropout, residual=True, norm=True, name="stack"
        )
