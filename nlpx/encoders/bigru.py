"""GRU in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from nlpx.encoders.base import LightEncoderConfig, register

if TYPE_CHECKING:
    import keras


@register
class BiGRUConfig(LightEncoderConfig):
    """GRU in both directions; dropout after each layer."""

    type: Literal["bigru"] = Field(default="bigru", description="GRU in both directions.")

    @property
    def output_units(self) -> int:
        return 2 * self.units

    def make_stack(self) -> keras.layers.Layer:
        from nlpx.layers import BiGRU
        from nlpx.layers.stack import Stack

        blocks = [BiGRU(self.units, name=f"layer_{index}") for index in range(self.layers)]
        return Stack(blocks, dropout=self.dropout, name="stack")
