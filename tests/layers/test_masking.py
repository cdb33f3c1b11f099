"""What masks do to tensors, token dropout, and positions that turn."""

import keras
import numpy as np
import pytest

from nlpx.layers import TokenDropout
from nlpx.layers.masking import masked_max, masked_mean, zero_padding
from nlpx.layers.rotary import rotate

X = np.array([[[1.0, -4.0], [3.0, -2.0], [9.0, 9.0]], [[5.0, 5.0], [5.0, 5.0], [5.0, 5.0]]], dtype="float32")
MASK = np.array([[True, True, False], [False, False, False]])


def numbers(tensor):
    return keras.ops.convert_to_numpy(tensor)


def test_zero_padding_stops_even_nan():
    x = np.where(MASK[..., None], X, np.nan)
    assert np.array_equal(numbers(zero_padding(x, MASK)), np.where(MASK[..., None], X, 0))


@pytest.mark.parametrize(("pool", "wanted"), [(masked_mean, [2.0, -3.0]), (masked_max, [3.0, -2.0])])
def test_pooling_sees_real_positions_only_and_a_row_without_any_gives_zeros(pool, wanted):
    assert np.array_equal(numbers(pool(X, MASK)), [wanted, [0.0, 0.0]])


def test_token_dropout_drops_whole_positions_and_scales_the_rest():
    layer, x = TokenDropout(0.25, seed=1), np.ones((40, 50, 3), dtype="float32")
    assert np.array_equal(numbers(layer(x)), x)
    y = numbers(layer(x, training=True))
    assert (y == y[..., :1]).all()
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.75)}
    assert abs((y[..., 0] == 0).mean() - 0.25) < 0.03


@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_token_dropout_refuses_rates_outside_its_range(rate):
    with pytest.raises(ValueError, match="rate must be in"):
        TokenDropout(rate)


def test_rotary_products_depend_on_signed_distance_alone():
    rng = np.random.default_rng(0)
    query, key = (np.tile(rng.normal(size=(1, 1, 1, 8)), (1, 6, 1, 1)).astype("float32") for _ in range(2))
    scores = np.einsum("bqhd,bkhd->qk", numbers(rotate(query)), numbers(rotate(key)))
    for distance in range(-5, 6):
        np.testing.assert_allclose(np.diagonal(scores, distance), np.diagonal(scores, distance)[0], atol=1e-4)
    assert abs(scores[0, 1] - scores[1, 0]) > 1e-3
