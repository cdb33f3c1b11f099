"""The CRF's gradients, its numbers where float32 is scarce, and what masks and padding must not do."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from nlpx.layers import CRF
from tests.layers.chains import MASKS, enumerate_paths, gradients, numeric_gradient
from tests.layers.test_crf import CONSTRAINTS, SCALES, K, batch, make


def losses_by_enumeration(
    emissions: np.ndarray, weights: list[np.ndarray], tags: np.ndarray, constraints: Any
) -> np.ndarray:
    """-log p of each chain, float64; 0 where it is empty."""
    out = np.zeros(len(emissions))
    for i, (h, m) in enumerate(zip(emissions, MASKS, strict=True)):
        chain = enumerate_paths(h, *weights, m, constraints)
        if chain is not None:
            out[i] = -chain.log_probability(lambda p, t=tags[i, chain.positions]: (p == t).all())
    return out


@pytest.mark.parametrize("scale", [1, 60])
@pytest.mark.parametrize("row_weights", [np.ones(6), np.arange(6) / 3], ids=["alike", "weighted"])
@pytest.mark.parametrize("constraints", [None, CONSTRAINTS], ids=["free", "constrained"])
def test_gradients_equal_finite_differences(scale: float, row_weights: np.ndarray, constraints: Any) -> None:
    """60 is past what the fast recursions can hold."""
    crf = make(
        scale, 0, 3, constraints=constraints and shrink(constraints), constrain_training=bool(constraints)
    )
    emissions = batch(scale, 0, 3)[0]
    tags = np.zeros(MASKS.shape, "int32")  # legal under the constraints
    row_weights = row_weights.astype("float32")
    got = gradients(crf, lambda h: crf.loss(h, tags, MASKS) * row_weights, emissions)
    weights = [ops.convert_to_numpy(w).astype("float64") for w in crf.weights]

    def total(at: int, value: np.ndarray) -> float:
        parts = [emissions, *weights]
        parts[at] = value
        return losses_by_enumeration(parts[0], parts[1:], tags, crf.constraints) @ row_weights

    for at, gradient in enumerate([got[0], *got[1]]):
        want = numeric_gradient(lambda v, at=at: total(at, v), [emissions, *weights][at])
        np.testing.assert_allclose(gradient, want, atol=1e-5)


def shrink(constraints: Any) -> Any:
    allowed, start, end = constraints
    return allowed[:3, :3], start[:3], end[:3]


def test_gradient_of_unknown_tags() -> None:
    crf = make(1, 0)
    emissions, tags = batch(1, 0)
    known = np.eye(K, dtype=bool)[tags]
    full = gradients(crf, lambda h: crf.loss(h, tags, MASKS), emissions)
    partial = gradients(crf, lambda h: crf.loss_partial(h, known, MASKS), emissions)
    for a, b in zip([full[0], *full[1]], [partial[0], *partial[1]], strict=True):
        np.testing.assert_allclose(a, b, atol=2e-6)


def reference_loss(h: np.ndarray, T: np.ndarray, tags: np.ndarray) -> float:
    """-log p of one long chain without boundary scores, by the forward recursion in float64."""
    h, T = h.astype("float64"), T.astype("float64")
    alpha = h[0]
    for x in h[1:]:
        alpha = np.logaddexp.reduce(alpha[:, None] + T, 0) + x
    score = h[np.arange(len(h)), tags].sum() + T[tags[:-1], tags[1:]].sum()
    return float(np.logaddexp.reduce(alpha) - score)


@pytest.mark.parametrize(("emission_scale", "weight_scale"), [(1, 1), (5, 5), (1e4, 1), (1e4, 1e4)])
def test_stable_in_float32_at_length_2000(emission_scale: float, weight_scale: float) -> None:
    crf = make(weight_scale, 0, boundaries=False)
    rng = np.random.default_rng(0)
    emissions = rng.uniform(-emission_scale, emission_scale, (2, 2000, K)).astype("float32")
    best = ops.convert_to_numpy(crf.decode(emissions)[0])
    for tags, relative in ((best, 1e-3), (rng.integers(0, K, best.shape), 1e-5)):
        want = [
            reference_loss(h, ops.convert_to_numpy(crf.transitions), t)
            for h, t in zip(emissions, tags, strict=True)
        ]
        # The error is in the rounding of the scores themselves, each about 1e-7 of its size.
        rounding = 2e-7 * np.sqrt(2000) * (emission_scale + weight_scale)
        np.testing.assert_allclose(crf.loss(emissions, tags), want, rtol=relative, atol=rounding)
    d_emissions, d_weights = gradients(crf, lambda h: crf.loss(h, tags), emissions)
    assert np.isfinite(d_weights[0]).all()
    np.testing.assert_allclose(d_emissions.sum(-1), 0, atol=1e-4)
    marginals = ops.convert_to_numpy(crf.marginals(emissions))
    np.testing.assert_allclose(marginals.sum(-1), 1, atol=1e-4)


@pytest.mark.parametrize(("emission_scale", "weight_scale"), SCALES)
def test_empty_rows_and_padding_are_harmless(emission_scale: float, weight_scale: float) -> None:
    crf = make(weight_scale, 0)
    emissions, tags = batch(emission_scale, 0)
    clean = gradients(crf, lambda h: crf.loss(h, tags, MASKS), np.where(MASKS[..., None], emissions, 0))
    for garbage in (np.nan, np.inf, -np.inf, 1e30):
        dirty = np.where(MASKS[..., None], emissions, np.float32(garbage))
        d_emissions, d_weights = gradients(crf, lambda h: crf.loss(h, tags, MASKS), dirty)
        np.testing.assert_array_equal(d_emissions, clean[0])
        assert np.all(d_emissions[~MASKS] == 0)
        for a, b in zip(d_weights, clean[1], strict=True):
            np.testing.assert_array_equal(a, b)
        assert ops.convert_to_numpy(crf.loss(dirty, tags, MASKS))[3] == 0
        np.testing.assert_array_equal(crf.decode(dirty, MASKS)[0], crf.decode(emissions, MASKS)[0])


@pytest.mark.parametrize("method", ["loss", "decode", "marginals", "log_partition", "k_best"])
def test_padding_changes_nothing(method: str) -> None:
    crf = make(1, 0)
    emissions, tags = batch(1, 0)
    longer = np.pad(emissions, ((0, 0), (2, 5), (0, 0)), constant_values=7)
    mask = np.pad(MASKS, ((0, 0), (2, 5)))
    extra = [(tags,), (np.pad(tags, ((0, 0), (2, 5))),)] if method == "loss" else [(), ()]
    short = getattr(crf, method)(emissions, *extra[0], mask=MASKS)
    long = getattr(crf, method)(longer, *extra[1], mask=mask)
    for a, b in zip(keras.tree.flatten(short), keras.tree.flatten(long), strict=True):
        a, b = ops.convert_to_numpy(a), ops.convert_to_numpy(b)
        if b.shape[-1] == mask.shape[1]:
            b = b[..., 2:-5]
        if method == "marginals":
            b = b[:, 2:-5]
        np.testing.assert_allclose(b, a, atol=2e-6)


def test_a_score_that_is_no_number_shows() -> None:
    crf = make(1, 0)
    emissions, tags = batch(1, 0)
    emissions[1, 2, 3] = np.nan
    losses = ops.convert_to_numpy(crf.loss(emissions, tags, MASKS))
    np.testing.assert_array_equal(np.isnan(losses), np.arange(len(MASKS)) == 1)


def test_no_mask_means_all_real() -> None:
    crf = make(1, 0)
    emissions, tags = batch(1, 0)
    np.testing.assert_array_equal(crf.loss(emissions, tags), crf.loss(emissions, tags, np.ones_like(MASKS)))


def test_learning_rate_multiplier_scales_the_gradient_and_nothing_else() -> None:
    emissions, tags = batch(1, 0)
    plain, fast = make(1, 0), make(1, 0, learning_rate_multiplier=100.0)
    np.testing.assert_allclose(fast.transitions * 100, plain.transitions, rtol=1e-6)
    np.testing.assert_allclose(fast.loss(emissions, tags), plain.loss(emissions, tags), rtol=1e-5)
    _, slow_step = gradients(plain, lambda h: plain.loss(h, tags), emissions)
    _, fast_step = gradients(fast, lambda h: fast.loss(h, tags), emissions)
    for a, b in zip(slow_step, fast_step, strict=True):
        np.testing.assert_allclose(b, 100 * a, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("method", ["loss", "decode", "marginals", "k_best"])
def test_compiling_changes_nothing(method: str) -> None:
    emissions, tags = batch(1, 0)
    extra = (tags,) if method == "loss" else ()
    results = [
        keras.tree.flatten(getattr(make(1, 0, jit_compile=jit), method)(emissions, *extra, mask=MASKS))
        for jit in (True, False)
    ]
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(a), ops.convert_to_numpy(b), atol=2e-6)


def test_emissions_of_any_precision_are_scored_in_float32() -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        crf = CRF(K)
    finally:
        keras.config.set_dtype_policy("float32")
    emissions = ops.cast(batch(1, 0)[0], "bfloat16")
    assert keras.backend.standardize_dtype(crf(emissions).dtype) == "float32"
    assert keras.backend.standardize_dtype(crf.log_partition(emissions).dtype) == "float32"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: CRF(0), "num_tags must be positive. Received: 0"),
        (lambda: CRF(3, learning_rate_multiplier=0), "learning_rate_multiplier must be > 0. Received: 0"),
        (lambda: CRF(3, constrain_training=True), "constrain_training needs constraints"),
        (lambda: CRF(3, constraints=CONSTRAINTS), "constraints must be three bool arrays of the shapes"),
        (lambda: CRF(3)(np.zeros((2, 5, 4))), "wants emissions (batch, length, 3): put a Dense(3) before it"),
    ],
)
def test_errors_say_what_was_wanted(call: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 the message is compared
        call()
    assert message in str(error.value)
