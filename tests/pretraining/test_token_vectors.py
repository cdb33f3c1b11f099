"""First vectors of tokens, by counting their neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from nlpx.pretraining import token_vectors
from nlpx.pretraining.blocks import Blocks, as_numbers
from nlpx.pretraining.token_vectors import count_tokens
from nlpx.text.cooccurrence import count_at

TOKENS, LENGTH, CLS, SEP = 40, 12, 0, 1
NAMES, PLACES = range(2, 10), range(10, 18)
"""Names stand between tokens 18 to 24, places between 25 to 31; the others never come."""


@pytest.fixture
def blocks(tmp_path):
    random = np.random.default_rng(0)
    path = tmp_path / "train.bin"
    with path.open("wb") as file:
        for row in range(600):
            kind, first = (NAMES, 18) if row % 2 else (PLACES, 25)
            ids = np.full(LENGTH, CLS)
            ids[1:-1:2] = random.integers(first, first + 7, 5)
            ids[2:-1:2] = random.choice(kind, 5)
            ids[-1] = SEP
            file.write(as_numbers(ids, np.ones(LENGTH, bool), TOKENS))
    return Blocks(path, LENGTH, TOKENS)


def counted(blocks, size=6):
    targets = np.ones(TOKENS, bool)
    targets[[CLS, SEP]] = False
    return count_tokens(blocks, targets, size, seed=0, sep=SEP)


def test_tokens_of_different_paragraphs_are_no_neighbours(tmp_path, monkeypatch):
    rows = np.array([[CLS, 2, SEP, 3, SEP, 4, 5, SEP, 6, 7, 8, SEP]] * 9)
    path = tmp_path / "train.bin"
    path.write_bytes(b"".join(as_numbers(row, np.ones(LENGTH, bool), TOKENS) for row in rows))
    seen = {}

    def keep(ids, contexts, by, shape):
        seen[by] = count_at(ids, contexts, by, shape)
        return seen[by]

    monkeypatch.setattr(token_vectors, "count_at", keep)
    counted(Blocks(path, LENGTH, TOKENS), size=2)
    pairs = {
        by: set(zip(*map(np.ndarray.tolist, found.nonzero()), strict=True)) for by, found in seen.items()
    }
    assert pairs == {1: {(4, 5), (6, 7), (7, 8)}, 2: {(6, 8)}}


def test_tokens_of_like_neighbours_have_like_vectors(blocks):
    found = counted(blocks)
    row = dict(zip(found.known, found.vectors, strict=True))
    assert set(row) == set(range(2, 32))
    within = min(row[a] @ row[b] for kind in (NAMES, PLACES) for a in kind for b in kind)
    across = max(row[a] @ row[b] for a in NAMES for b in PLACES)
    assert within > across + 0.5


def test_shares_are_those_of_the_text(blocks):
    shares = np.exp(counted(blocks).log_shares)
    assert shares.sum() == pytest.approx(1, rel=1e-5)
    assert shares[2:18].sum() == pytest.approx(0.5, abs=0.01)
    assert shares[32:].max() < 0.001


def test_it_does_not_matter_how_many_blocks_are_read_at_once(blocks, monkeypatch):
    whole = counted(blocks)
    monkeypatch.setattr(token_vectors, "AT_ONCE", 7)
    np.testing.assert_allclose(counted(blocks).vectors, whole.vectors, atol=1e-5)


def test_too_few_frequent_tokens_have_no_vectors(blocks):
    assert counted(blocks, size=30) is None
