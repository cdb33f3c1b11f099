"""Convolution and transformer blocks."""

import pytest

from nlpx.layers import GatedDilatedConv, TransformerBlock
from tests.layers.harness import check_layer


@pytest.mark.parametrize("dilation", [1, 2, 5])
def test_gated_dilated_conv(dilation):
    check_layer(lambda: GatedDilatedConv(dilation_rate=dilation, dropout=0.2, name="block"), units=4)


@pytest.mark.parametrize("positions", ["rotary", "none"])
def test_transformer_block(positions):
    check_layer(lambda: TransformerBlock(heads=2, positions=positions, dropout=0.2, name="block"), units=4)
