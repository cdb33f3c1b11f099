"""MEMM and SoftmaxTags against brute-force enumeration of their local probabilities."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from keras import ops

from nlpx.layers import MEMM, SoftmaxTags
from nlpx.layers.tag_head import TagHead
from tests.layers.chains import MASKS, gradients, numeric_gradient
from tests.layers.test_crf import CONSTRAINTS, K, batch

HEADS = [
    pytest.param(lambda **o: MEMM(K, bidirectional=False, **o), id="forward"),
    pytest.param(lambda **o: MEMM(K, **o), id="bidirectional"),
    pytest.param(lambda **o: MEMM(K, rank=2, **o), id="low rank"),
    pytest.param(lambda **o: SoftmaxTags(K, **o), id="softmax"),
]


def make(head: Any, **options: Any) -> TagHead:
    layer = head(**options)
    layer.build((None, None, K))
    rng = np.random.default_rng(0)
    for weight in layer.weights:
        weight.assign(rng.normal(size=weight.shape))
    return layer


def log_softmax(x: np.ndarray) -> np.ndarray:
    return x - np.logaddexp.reduce(x, -1, keepdims=True)


def one_way(h: np.ndarray, g: np.ndarray, path: np.ndarray) -> float:
    """log p of a path (real positions,), each tag given the one before, straight from the definition."""
    total = log_softmax(h[0])[path[0]]
    for t in range(1, len(path)):
        total += log_softmax(h[t] + g[path[t - 1]])[path[t]]
    return float(total)


def log_p(head: TagHead, h: np.ndarray, path: np.ndarray) -> float:
    """The head's score of a path over h (real positions, tags): the mean of its directions."""
    if isinstance(head, SoftmaxTags):
        return one_way(h, np.zeros((K, K)), path)
    weights = [ops.convert_to_numpy(w) for w in head.weights]
    g = weights[0] if head.rank is None else weights[0] @ weights[1].T
    forward = one_way(h, g, path)
    return (forward + one_way(h[::-1], g.T, path[::-1])) / 2 if head.bidirectional else forward


def paths_of(head: TagHead, h: np.ndarray, constraints: Any = None) -> list[tuple[float, tuple[int, ...]]]:
    """(score, path) of every legal path, best first."""
    allowed, start, end = constraints or (np.ones((K, K), bool), np.ones(K, bool), np.ones(K, bool))
    paths = [
        p
        for p in np.ndindex(*[K] * len(h))
        if start[p[0]] and end[p[-1]] and all(allowed[a, b] for a, b in itertools.pairwise(p))
    ]
    return sorted(((log_p(head, h.astype("float64"), np.array(p)), p) for p in paths), reverse=True)


@pytest.mark.parametrize("head", HEADS)
def test_loss_is_the_mean_of_the_directions(head: Any) -> None:
    layer = make(head)
    emissions, tags = batch(2, 0)
    got = ops.convert_to_numpy(layer.loss(emissions, tags, MASKS))
    want = [
        -log_p(layer, h[m].astype("float64"), y[m]) if m.any() else 0
        for h, y, m in zip(emissions, tags, MASKS, strict=True)
    ]
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("constraints", [None, CONSTRAINTS], ids=["free", "constrained"])
def test_decode_marginals_and_k_best(head: Any, constraints: Any) -> None:
    layer = make(head, constraints=constraints)
    masks = MASKS[[0, 2, 3, 5]]  # shorter ones: every path is scored in Python
    emissions = batch(2, 0)[0][[0, 2, 3, 5]]
    tags, scores = map(ops.convert_to_numpy, layer.decode(emissions, masks))
    best_tags, best_scores = map(ops.convert_to_numpy, layer.k_best(emissions, masks, k=2))
    marginals = ops.convert_to_numpy(layer.marginals(emissions, masks))
    for i, mask in enumerate(masks):
        if not mask.any():
            assert scores[i] == 0
            continue
        ranked = paths_of(layer, emissions[i, mask], constraints)
        assert tuple(tags[i, mask]) == ranked[0][1] == tuple(best_tags[i, 0, mask])
        assert tuple(best_tags[i, 1, mask]) == ranked[1][1]
        np.testing.assert_allclose(best_scores[i], [s for s, _ in ranked[:2]], rtol=1e-4, atol=1e-5)
        probabilities = np.exp([s for s, _ in ranked])
        want = np.zeros((mask.sum(), K))
        for p, (_, path) in zip(probabilities / probabilities.sum(), ranked, strict=True):
            want[range(len(path)), path] += p
        np.testing.assert_allclose(marginals[i, mask], want, atol=1e-5)


@pytest.mark.parametrize("head", HEADS)
def test_gradients_equal_finite_differences(head: Any) -> None:
    layer = make(head)
    emissions, tags = batch(1, 0)
    rows = [0, 3, 5]  # ragged, empty, with gaps
    emissions, tags, masks = emissions[rows], tags[rows], MASKS[rows]
    got, _ = gradients(layer, lambda h: layer.loss(h, tags, masks), emissions)

    def total(h: np.ndarray) -> float:
        return sum(-log_p(layer, h[i, m], tags[i, m]) for i, m in enumerate(masks) if m.any())

    np.testing.assert_allclose(got, numeric_gradient(total, emissions), atol=1e-5)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("scale", [1, 1e4])
def test_empty_rows_padding_and_huge_scores_are_harmless(head: Any, scale: float) -> None:
    layer = make(head)
    emissions, tags = batch(scale, 0)
    dirty = np.where(MASKS[..., None], emissions, np.nan).astype("float32")
    clean = np.where(MASKS[..., None], emissions, 0).astype("float32")
    assert ops.convert_to_numpy(layer.loss(dirty, tags, MASKS))[3] == 0
    np.testing.assert_array_equal(layer.decode(dirty, MASKS)[0], layer.decode(clean, MASKS)[0])
    for a, b in zip(
        *(gradients(layer, lambda h: layer.loss(h, tags, MASKS), x) for x in (dirty, clean)), strict=True
    ):
        np.testing.assert_equal(a, b)
        assert all(np.isfinite(x).all() for x in a)


def test_low_rank_factors_learn_from_the_start() -> None:
    layer = MEMM(K, rank=2)
    layer.build((None, None, K))
    emissions, tags = batch(1, 0)
    _, d_weights = gradients(layer, lambda h: layer.loss(h, tags), emissions)
    assert any(np.abs(d).max() > 0 for d in d_weights)
    with pytest.raises(ValueError, match="rank must be positive"):
        MEMM(K, rank=0)
