"""LSTM and GRU, one direction and both."""

import pytest

from nlpx.layers import GRU, LSTM, BiGRU, BiLSTM
from tests.layers.harness import check_layer


@pytest.mark.parametrize(("layer", "units"), [(LSTM, 3), (GRU, 3), (BiLSTM, 6), (BiGRU, 6)])
def test_every_promise(layer, units):
    check_layer(lambda: layer(3, dropout=0.2, name="layer"), units=units)
