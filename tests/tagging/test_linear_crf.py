from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from nlpx.errors import RunError
from nlpx.tagging.chain import marginals, sums
from nlpx.tagging.likelihood import Likelihood
from nlpx.tagging.linear_crf import LinearCRF
from nlpx.text.tags import transitions

CONSTRAINTS = transitions(["O", "B-X", "I-X", "E-X", "S-X"], "BIOES")
TEXTS = [[["a"], ["b", "x"], ["c"]], [["b"], ["a"]], [["c"], ["b", "x"], ["b", "x"], ["c"]]]
TAGS = [np.array([0, 4, 0]), np.array([0, 0]), np.array([0, 1, 3, 0])]


def fitted() -> LinearCRF:
    crf = LinearCRF(CONSTRAINTS)
    crf.fit(TEXTS, TAGS, l2=0.01, min_count=1)
    return crf


def test_the_gradient_is_the_slope() -> None:
    random = np.random.default_rng(0)
    matrix = csr_matrix((random.random((9, 6)) < 0.5).astype(float))
    loss = Likelihood(matrix, TAGS, CONSTRAINTS, l2=0.3)
    at = random.normal(size=len(loss.gold))
    _, gradient = loss(at)
    steps = 1e-6 * np.eye(len(at))
    slopes = [(loss(at + step)[0] - loss(at - step)[0]) / 2e-6 for step in steps]
    np.testing.assert_allclose(gradient, slopes, atol=1e-6)


def test_it_learns_what_the_features_say_and_falls_all_the_way() -> None:
    losses: list[float] = []
    crf = LinearCRF(CONSTRAINTS)
    crf.fit(TEXTS, TAGS, l2=0.01, min_count=1, heard=lambda number, loss: losses.append(loss))
    assert losses == sorted(losses, reverse=True)
    chain = crf.chain(TEXTS)
    for shares, tags in zip(marginals(chain, sums(chain)), TAGS, strict=True):
        assert list(shares[: len(tags)].argmax(-1)) == list(tags)


def test_rare_and_unknown_features_count_for_nothing() -> None:
    crf = LinearCRF(CONSTRAINTS)
    crf.fit(TEXTS, TAGS, min_count=3)
    assert "x" in crf.features
    assert "a" not in crf.features
    assert np.all(crf.chain([[["a"], ["never seen"]]]).emissions == 0)


def test_what_is_loaded_scores_as_what_was_saved(tmp_path: Path) -> None:
    crf, other = fitted(), LinearCRF(CONSTRAINTS)
    crf.save(tmp_path)
    other.load(tmp_path)
    ours, theirs = crf.chain(TEXTS), other.chain(TEXTS)
    np.testing.assert_array_equal(ours.emissions, theirs.emissions)
    np.testing.assert_array_equal(ours.transitions, theirs.transitions)


def test_damage_is_named(tmp_path: Path) -> None:
    fitted().save(tmp_path)
    (tmp_path / "features.txt").write_text("a\n")
    with pytest.raises(RunError, match="two models"):
        LinearCRF(CONSTRAINTS).load(tmp_path)
    (tmp_path / "features.txt").unlink()
    with pytest.raises(RunError, match=r"features\.txt"):
        LinearCRF(CONSTRAINTS).load(tmp_path)
