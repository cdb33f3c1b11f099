"""The parts of BERT: masks, positions, norms, attention, and saving memory."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from nlpx.layers.bert import Bert, RoFormer
from nlpx.layers.bert.attention import Attention
from nlpx.layers.bert.block import BertBlock
from nlpx.layers.bert.masks import atrous, attention_pattern, causal, local, sparse, unilm
from nlpx.layers.bert.norm import ConditionalNorm
from nlpx.layers.bert.positions import absolute, rotate_pairs
from nlpx.layers.bert.unit_encoder import UnitEncoder

RANDOM = np.random.default_rng(0)


def array(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def numpy(tensor):
    return ops.convert_to_numpy(tensor)


def tiny(kind=Bert, **options):
    keras.utils.set_random_seed(0)
    return kind(30, 16, 2, 2, 24, initializer_range=0.3, name="bert", **options)


def picture(pattern):
    return ["".join("x" if seen else "." for seen in row) for row in numpy(pattern).astype(bool)]


# === Masks ===


def test_patterns_as_drawn_by_hand():
    assert picture(causal(4)) == ["x...", "xx..", "xxx.", "xxxx"]
    assert picture(local(5, 1)) == ["xx...", "xxx..", ".xxx.", "..xxx", "...xx"]
    assert picture(atrous(5, 2)) == ["x.x.x", ".x.x.", "x.x.x", ".x.x.", "x.x.x"]
    assert picture(sparse(7, 3))[0] == "xxxx..x"
    # three tokens of source, two of target
    assert picture(unilm(np.array([[0, 0, 0, 1, 1]]))[0]) == ["xxx..", "xxx..", "xxx..", "xxxx.", "xxxxx"]


def test_nobody_attends_to_padding():
    mask = np.array([[True, True, False]])
    for attention in ("bidirectional", "causal", "unilm", np.ones((3, 3), bool), np.ones((1, 3, 3), bool)):
        pattern = numpy(attention_pattern(attention, mask, np.array([[0, 0, 0]])))
        assert not pattern[..., 2].any()
        assert pattern[..., 0].all()


def test_an_unknown_pattern_is_refused():
    for attention, segments in (("sideways", None), ("unilm", None)):
        with pytest.raises(ValueError, match="attention must be bidirectional, causal, unilm"):
            attention_pattern(attention, np.ones((1, 2), bool), segments)


@pytest.mark.parametrize(("attention", "first"), [("causal", 3), ("unilm", 3)])
def test_a_later_token_never_changes_what_stands_before_it(attention, first):
    layer = tiny()
    ids, segments = np.array([[1, 2, 3, 4, 5]]), np.array([[0, 0, 1, 1, 1]])
    other = np.array([[1, 2, 3, 9, 5]])
    before, after = (
        numpy(layer(given, segments=segments, attention=attention)[0][-1]) for given in (ids, other)
    )
    np.testing.assert_allclose(before[:, :first], after[:, :first], atol=1e-6)
    assert np.abs(before[:, first:] - after[:, first:]).max() > 1e-3


def test_a_source_is_read_in_both_directions():
    layer = tiny()
    segments = np.array([[0, 0, 0, 1]])
    first, second = (
        numpy(layer(np.array([[1, 2, last, 4]]), segments=segments, attention="unilm")[0][-1])
        for last in (3, 9)
    )
    assert np.abs(first[0, 0] - second[0, 0]).max() > 1e-3


# === Positions ===


def test_positions_beyond_the_table_are_hierarchical():
    table = array(4, 3)
    first = numpy(absolute(ops.convert_to_tensor(table), 4))
    np.testing.assert_array_equal(first, table)
    longer = numpy(absolute(ops.convert_to_tensor(table), 16))
    np.testing.assert_allclose(longer[:4], table, atol=1e-6)
    base = (table - 0.4 * table[:1]) / 0.6
    np.testing.assert_allclose(longer[4 * 2 + 3], 0.4 * base[2] + 0.6 * base[3], atol=1e-6)
    assert len(np.unique(longer.round(5), axis=0)) == 16
    with pytest.raises(ValueError, match=r"a table of 4 positions reaches to 16\. Received: 17"):
        absolute(ops.convert_to_tensor(table), 17)


def test_turned_products_depend_on_the_distance_alone():
    x = np.repeat(array(1, 1, 1, 8), 9, axis=1)
    turned = numpy(rotate_pairs(ops.convert_to_tensor(x)))[0, :, 0]
    products = turned @ turned.T
    np.testing.assert_allclose(products[1:, 1:], products[:-1, :-1], atol=1e-5)
    assert abs(products[0, 0] - products[0, 3]) > 1e-2


# === Units ===


@pytest.mark.parametrize("summary", ["no", "too", "only"])
def test_an_encoder_of_units_made_again_gives_the_same_shapes(summary):
    first = UnitEncoder(tiny(), summary=summary, name="encoder")
    again = UnitEncoder.from_config(first.get_config())
    features = {
        "subwords": np.array([[3, 4, 5]], np.int32),
        "units": np.array([[[1, 1, 0]]], np.int32),
        "mask": np.ones((1, 1), bool),
    }
    shapes = {name: array.shape for name, array in features.items()}
    for encoder in (first, again):
        found = encoder(features)
        parts = found if isinstance(found, tuple) else (found,)
        said = encoder.compute_output_shape(shapes)
        assert [part.shape for part in parts] == ([said] if summary == "no" else list(said))
        assert len(parts) == 1 + (summary != "no")
        assert encoder.places.trainable is (summary != "only")
    with pytest.raises(ValueError, match="summary must be no, too or only"):
        UnitEncoder(tiny(), summary="yes")


# === Parts ===


def test_a_condition_changes_nothing_until_it_is_trained():
    x, condition = array(2, 3, 4), array(2, 5)
    plain, norm = ConditionalNorm(name="a"), ConditionalNorm(condition=5, name="b")
    np.testing.assert_allclose(norm(x, condition=condition), plain(x), rtol=1e-6)
    norm.to_beta.assign(array(5, 4))
    moved = numpy(norm(x, condition=condition)) - numpy(plain(x))
    np.testing.assert_allclose(
        moved, np.repeat((condition @ numpy(norm.to_beta))[:, None], 3, axis=1), atol=1e-5
    )
    with pytest.raises(ValueError, match=r"b wants a condition \(batch, 5\)"):
        norm(x)


def test_a_condition_reaches_every_norm_of_a_model():
    layer = tiny(condition=3)
    ids = np.array([[1, 2, 3]])
    layer(ids, condition=array(1, 3))
    assert sum("to_gamma" in weight.path for weight in layer.weights) == 5
    for weight in layer.weights:
        if "to_" in weight.path:
            weight.assign(array(*weight.shape))
    one, two = (numpy(layer(ids, condition=array(1, 3))[0][-1]) for _ in range(2))
    assert np.abs(one - two).max() > 1e-3


def test_attention_to_another_sequence_with_a_bias():
    layer = Attention(2, name="attention")
    x, memory = array(1, 3, 8), array(1, 5, 8)
    bias = np.where(np.arange(5) == 4, 0.0, -1e4).astype(np.float32)[None, None, None]
    seen = numpy(layer(x, memory=memory, bias=bias))
    alone = numpy(layer(x, memory=memory[:, 4:]))
    np.testing.assert_allclose(seen, alone, atol=1e-5)


def test_attention_of_one_head_is_its_formula():
    layer = Attention(1, name="attention")
    x = array(1, 4, 6)
    seen = numpy(layer(x))
    query, key, value = (x[0] @ numpy(part.kernel) for part in (layer.query, layer.key, layer.value))
    weights = np.exp(query @ key.T / np.sqrt(6))
    weights /= weights.sum(-1, keepdims=True)
    np.testing.assert_allclose(seen[0], weights @ value @ numpy(layer.output_.kernel), atol=1e-5)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: BertBlock(2, 4, activation="mish"), "activation must be one of gelu"),
        (lambda: Bert(9, 8, 1, 2, 4, embedding_size=4)(np.array([[1]])), "need project=True"),
        (lambda: Bert(9, 9, 1, 2, 4)(np.array([[1]])), "a multiple of heads = 2"),
    ],
)
def test_impossible_sizes_are_refused(make, what):
    with pytest.raises(ValueError, match=what):
        make()


# === Training ===


@pytest.mark.parametrize("kind", [Bert, RoFormer])
def test_computing_again_gives_the_same_gradients_with_dropout(kind):
    import tensorflow as tf

    plain, again = tiny(kind, dropout=0.3), tiny(kind, dropout=0.3, recompute=True)
    ids = np.array([[1, 2, 3, 4]])
    found = []
    for layer in (plain, again):
        layer.build((None, None))
        layer.set_weights(plain.get_weights())
        for state in layer.variables:
            if state.name == "seed_generator_state":
                state.assign(np.array([7, 0], state.dtype))

        def loss(layer=layer):
            with tf.GradientTape() as tape:
                value = ops.sum(layer(ids, training=True)[0][-1] ** 3)
            variables = [weight.value for weight in layer.trainable_variables if "pooler" not in weight.path]
            return value, tape.gradient(value, variables)

        value, gradients = tf.function(loss, autograph=False)()
        found.append([value, *map(tf.convert_to_tensor, gradients)])
    for one, two in zip(*found, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-4)


def test_mixed_precision_stays_near_float32_and_keeps_weights_whole():
    ids = np.array([[1, 2, 3, 4]])
    layer = tiny()
    wanted = numpy(layer(ids)[0][-1])
    half = tiny(dtype="mixed_bfloat16")
    half.build((None, None))
    half.set_weights(layer.get_weights())
    state = half(ids)[0][-1]
    assert keras.backend.standardize_dtype(state.dtype) == "bfloat16"
    assert {weight.dtype for weight in half.weights} == {"float32"}
    assert np.abs(numpy(ops.cast(state, "float32")) - wanted).max() < 0.15


def test_a_row_of_padding_alone_gives_numbers():
    states, pooled = tiny()(np.zeros((2, 3), int), mask=np.zeros((2, 3), bool))
    assert np.isfinite(numpy(states[-1])).all()
    assert np.isfinite(numpy(pooled)).all()
