"""GRU from left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from nlpx.encoders.base import LightEncoderConfig, register

if TYPE_CHECKING:
    import keras


@register
class GRUConfig(LightEncoderConfig):
    """GRU from left to right; dropout after each layer."""

    type: Literal["gru"] = Field(default="gru", description="GRU from left to right.")

    def make_stack(self) -> keras.layers.Layer:
        from nlpx.layers import GRU
        from nlpx.layers.stack import Stack

        blocks = [GRU(self.units, name=f"layer_{index}") for index in range(self.layers)]
        return Stack(blocks, dropout=self.dropout, name="stack")
