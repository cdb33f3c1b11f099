"""The CRF against brute-force enumeration: log Z, loss, best path, marginals, k best."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from nlpx.layers import CRF
from tests.layers.chains import MASKS, Enumeration, enumerate_paths

K = 4
# O, B, I, X: I only after B and I; X can end nothing. Every start state is a dead end for some path.
CONSTRAINTS = (
    np.array([[1, 1, 0, 1], [1, 1, 1, 1], [1, 1, 1, 0], [0, 1, 0, 1]], dtype=bool),
    np.array([1, 1, 0, 1], dtype=bool),
    np.array([1, 1, 1, 0], dtype=bool),
)
# Scores of emissions and of transitions: plain, past what float32 can exponentiate, and huge.
SCALES = [(1, 1), (1, 100), (50, 50), (1e4, 1), (1, 1e4), (1e4, 1e4)]


def make(scale: float, seed: int, tags: int = K, **options: Any) -> CRF:
    crf = CRF(tags, **options)
    crf.build((None, None, tags))
    rng = np.random.default_rng(seed)
    for weight in crf.weights:
        weight.assign(rng.uniform(-scale, scale, weight.shape) / crf.learning_rate_multiplier)
    return crf


def batch(scale: float, seed: int, tags: int = K) -> tuple[np.ndarray, np.ndarray]:
    """Emissions and gold tags for MASKS."""
    rng = np.random.default_rng(seed + 1)
    emissions = rng.uniform(-scale, scale, (*MASKS.shape, tags)).astype("float32")
    return emissions, rng.integers(0, tags, MASKS.shape)


def chains(crf: CRF, emissions: np.ndarray, constraints: Any = None) -> list[Enumeration | None]:
    weights = [ops.convert_to_numpy(w) for w in crf.potentials(emissions, MASKS)[1:]]
    return [enumerate_paths(h, *weights, m, constraints) for h, m in zip(emissions, MASKS, strict=True)]


def near(got: Any, want: Any, size: float = 1.0) -> None:
    np.testing.assert_allclose(ops.convert_to_numpy(got), want, rtol=2e-5, atol=2e-6 * size)


@pytest.mark.parametrize(("emission_scale", "weight_scale"), SCALES)
@pytest.mark.parametrize("boundaries", [True, False])
def test_log_partition_and_loss(emission_scale: float, weight_scale: float, boundaries: bool) -> None:
    for seed in range(3):
        crf = make(weight_scale, seed, boundaries=boundaries)
        emissions, tags = batch(emission_scale, seed)
        all_paths = chains(crf, emissions)
        want = [0 if c is None else c.log_z for c in all_paths]
        near(crf.log_partition(emissions, MASKS), want, emission_scale + weight_scale)
        want = [
            0 if c is None else -c.log_probability(lambda p, t=tags[i, c.positions]: (p == t).all())
            for i, c in enumerate(all_paths)
        ]
        near(crf.loss(emissions, tags, MASKS), want, emission_scale + weight_scale)


@pytest.mark.parametrize(("emission_scale", "weight_scale"), SCALES)
@pytest.mark.parametrize("constraints", [None, CONSTRAINTS], ids=["free", "constrained"])
def test_decode(emission_scale: float, weight_scale: float, constraints: Any) -> None:
    for seed in range(3):
        crf = make(weight_scale, seed, constraints=constraints)
        emissions, _ = batch(emission_scale, seed)
        tags, scores = map(ops.convert_to_numpy, crf.decode(emissions, MASKS))
        assert np.all(tags[~MASKS] == 0)
        for i, chain in enumerate(chains(crf, emissions, constraints)):
            if chain is None:
                assert scores[i] == 0
                continue
            assert tuple(tags[i, chain.positions]) == tuple(chain.paths[0])
            near(scores[i], chain.scores[0], emission_scale + weight_scale)


@pytest.mark.parametrize(("emission_scale", "weight_scale"), SCALES)
@pytest.mark.parametrize("constraints", [None, CONSTRAINTS], ids=["free", "constrained"])
def test_marginals(emission_scale: float, weight_scale: float, constraints: Any) -> None:
    for seed in range(3):
        crf = make(weight_scale, seed, constraints=constraints)
        emissions, _ = batch(emission_scale, seed)
        marginals = ops.convert_to_numpy(crf.marginals(emissions, MASKS))
        for got, chain in zip(marginals, chains(crf, emissions, constraints), strict=True):
            want = 0 if chain is None else chain.marginals(*got.shape)
            np.testing.assert_allclose(got, want, atol=3e-6 * max(1, (emission_scale + weight_scale) / 50))


@pytest.mark.parametrize(("emission_scale", "weight_scale"), SCALES)
@pytest.mark.parametrize("constraints", [None, CONSTRAINTS], ids=["free", "constrained"])
def test_k_best(emission_scale: float, weight_scale: float, constraints: Any) -> None:
    crf = make(weight_scale, 0, constraints=constraints)
    emissions, _ = batch(emission_scale, 0)
    tags, scores = map(ops.convert_to_numpy, crf.k_best(emissions, MASKS, k=5))
    assert tags.shape == (len(MASKS), 5, MASKS.shape[1])
    for i, chain in enumerate(chains(crf, emissions, constraints)):
        want = [0.0] if chain is None else chain.scores[:5]
        near(scores[i, : len(want)], want, emission_scale + weight_scale)
        assert np.all(scores[i, len(want) :] == -np.inf)
        if chain is not None:
            np.testing.assert_array_equal(tags[i, : len(want), chain.positions].T, chain.paths[:5])


@pytest.mark.parametrize("tags", [1, 2, 3])
@pytest.mark.parametrize("length", [1, 2])
def test_small_shapes(tags: int, length: int) -> None:
    crf = make(1, 0, tags)
    emissions = np.random.default_rng(0).normal(size=(2, length, tags)).astype("float32")
    weights = [ops.convert_to_numpy(w) for w in (crf.transitions, crf.start, crf.end)]
    all_paths = [enumerate_paths(h, *weights, np.ones(length)) for h in emissions]
    near(crf.log_partition(emissions), [c.log_z for c in all_paths])
    np.testing.assert_array_equal(crf.decode(emissions)[0], [c.paths[0] for c in all_paths])


@pytest.mark.parametrize(("emission_scale", "weight_scale"), SCALES)
def test_loss_under_constraints_has_all_mass_on_legal_paths(
    emission_scale: float, weight_scale: float
) -> None:
    crf = make(weight_scale, 3, constraints=CONSTRAINTS, constrain_training=True)
    emissions, _ = batch(emission_scale, 3)
    all_paths = chains(crf, emissions, CONSTRAINTS)
    tags = np.zeros(MASKS.shape, "int32")
    for row, chain in zip(tags, all_paths, strict=True):
        if chain is not None:
            row[chain.positions] = chain.paths[-1]
    want = [0 if c is None else c.log_z - c.scores[-1] for c in all_paths]
    near(crf.loss(emissions, tags, MASKS), want, emission_scale + weight_scale)


def test_illegal_tags_under_constrained_training_cost_nothing() -> None:
    crf = make(1, 0, constraints=CONSTRAINTS, constrain_training=True)
    emissions, _ = batch(1, 0)
    tags = np.full(MASKS.shape, 2)  # I first
    assert np.all(ops.convert_to_numpy(crf.loss(emissions, tags, MASKS)) == 0)


def test_no_emission_is_strong_enough_to_break_constraints() -> None:
    crf = make(1, 0, constraints=CONSTRAINTS)
    emissions = np.random.default_rng(0).normal(size=(8, 40, K)).astype("float32")
    emissions[..., 2] += 1e6  # I everywhere
    tags = ops.convert_to_numpy(crf.decode(emissions)[0])
    allowed, start, end = CONSTRAINTS
    assert start[tags[:, 0]].all()
    assert end[tags[:, -1]].all()
    assert allowed[tags[:, :-1], tags[:, 1:]].all()
    assert np.all(tags[:, 1:] == 2)


@pytest.mark.parametrize(("emission_scale", "weight_scale"), SCALES)
@pytest.mark.parametrize("constraints", [None, CONSTRAINTS], ids=["free", "constrained"])
def test_unknown_tags_are_summed_over(emission_scale: float, weight_scale: float, constraints: Any) -> None:
    crf = make(weight_scale, 1, constraints=constraints, constrain_training=constraints is not None)
    emissions, _ = batch(emission_scale, 1)
    allowed = np.random.default_rng(2).random((*MASKS.shape, K)) < 0.6
    losses = ops.convert_to_numpy(crf.loss_partial(emissions, allowed, MASKS))
    for i, chain in enumerate(chains(crf, emissions, constraints)):
        possible = chain and any(allowed[i, chain.positions, p].all() for p in chain.paths)
        want = (
            -chain.log_probability(lambda p, a=allowed[i, chain.positions]: a[np.arange(len(p)), p].all())
            if chain and possible
            else 0
        )
        near(losses[i], want, 2 * (emission_scale + weight_scale))


def test_unknown_and_known_everywhere_are_the_limits() -> None:
    crf = make(1, 0)
    emissions, tags = batch(1, 0)
    near(crf.loss_partial(emissions, np.ones((*MASKS.shape, K), bool), MASKS), 0)
    near(crf.loss_partial(emissions, np.eye(K, dtype=bool)[tags], MASKS), crf.loss(emissions, tags, MASKS))


QUICK = "(loss or decode or k_best or unknown) and constrained or finite_differences and free and weighted"


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="starts the second backend once")
@pytest.mark.parametrize(
    "chosen", [QUICK, pytest.param("not jax", marks=pytest.mark.slow)], ids=["quick", "all"]
)
def test_it_holds_on_jax(chosen: str, project: Path) -> None:
    files = [__file__, str(Path(__file__).with_name("test_crf_training.py"))]
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, *files]
    result = subprocess.run(
        command, env=environment, cwd=project, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout[-3000:]
