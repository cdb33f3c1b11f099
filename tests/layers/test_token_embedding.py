"""Look-up of token vectors, and sums of properties."""

import keras
import numpy as np
import pytest

from nlpx.layers.multi_hot_embedding import MultiHotEmbedding
from nlpx.layers.token_embedding import TokenEmbedding

IDS = np.tile(np.arange(6), (50, 20))


def test_unknown_rate_swaps_real_ids_in_training_only():
    layer = TokenEmbedding(6, 1, unknown_rate=0.3, seed=1)
    layer.build((None, None))
    layer.set_weights([np.arange(6.0)[:, None], *layer.get_weights()[1:]])
    assert np.array_equal(np.asarray(layer(IDS))[..., 0], IDS)
    seen = np.asarray(layer(IDS, training=True))[..., 0]
    assert np.array_equal(seen[IDS < 2], IDS[IDS < 2])
    swapped = seen[IDS >= 2] != IDS[IDS >= 2]
    assert np.all(seen[IDS >= 2][swapped] == 1)
    assert 0.25 < swapped.mean() < 0.35


def test_pretrained_rows_are_kept_and_others_drawn():
    rows = np.array([[np.nan] * 3, [1, 2, 3], [4, 5, 6]], dtype="float32")
    keras.utils.set_random_seed(0)
    layer = TokenEmbedding(3, 3, pretrained=rows)
    layer.build((None, None))
    values = np.asarray(layer.embeddings)
    assert np.array_equal(values[1:], rows[1:])
    assert np.isfinite(values[0]).all()


@pytest.mark.parametrize("trainable", [True, False])
def test_frozen_vectors_with_a_trained_projection(trainable):
    layer = TokenEmbedding(6, 3, projection=2, trainable_vectors=trainable)
    assert layer(IDS).shape == (*IDS.shape, 2) == layer.compute_output_shape(IDS.shape)
    assert len(layer.trainable_variables) == 1 + trainable


@pytest.mark.parametrize(
    "arguments", [{"unknown_rate": 1.0}, {"unknown_rate": -0.1}, {"pretrained": np.zeros((2, 2))}]
)
def test_impossible_arguments(arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        TokenEmbedding(3, 2, **arguments)


def test_mixed_precision_gives_low_precision_vectors():
    layer = TokenEmbedding(6, 3, dtype="mixed_bfloat16")
    assert layer(IDS).dtype == "bfloat16"
    assert layer.embeddings.dtype == "float32"


def test_properties_add_up():
    layer = MultiHotEmbedding(4)
    properties = np.array([[[0, 0, 0], [1, 0, 1]]], dtype="uint8")
    y = np.asarray(layer(properties))
    assert y.shape == (1, 2, 4) == layer.compute_output_shape(properties.shape)
    assert np.all(y[0, 0] == 0)
    weights = layer.get_weights()[0]
    np.testing.assert_allclose(y[0, 1], weights[0] + weights[2], rtol=1e-6)
