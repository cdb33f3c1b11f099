"""A stack of blocks is a layer like any other."""

import pytest

from nlpx.layers import BiLSTM, GatedDilatedConv
from nlpx.layers.stack import Stack
from tests.layers.harness import check_layer


@pytest.mark.parametrize(
    ("make", "units"),
    [
        (lambda: Stack([BiLSTM(2, name="a"), BiLSTM(3, name="b")], dropout=0.5, name="stack"), 6),
        (
            lambda: Stack(
                [GatedDilatedConv(name="a")],
                projection=6,
                residual=True,
                norm=True,
                dropout=0.5,
                name="stack",
            ),
            6,
        ),
    ],
    ids=["recurrent", "residual"],
)
def test_stack(make, units):
    check_layer(make, units=units)
