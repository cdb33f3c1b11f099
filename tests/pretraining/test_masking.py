"""Whole-word masks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.pretraining.masking import SLACK, WordMasker

PAD, UNKNOWN, MASK, SPECIAL, TOKENS = 0, 1, 4, 5, 60


def blocks(seed, batch=24, length=40):
    """Random blocks with padding, unknown tokens and words of several tokens."""
    random = np.random.default_rng(seed)
    ids = random.integers(SPECIAL, TOKENS, (batch, length)).astype(np.int32)
    ids[:, 0] = 2
    ids[random.random(ids.shape) < 0.05] = UNKNOWN
    ids[np.arange(length) >= random.integers(1, length + 1, (batch, 1))] = PAD
    begins = random.random(ids.shape) < 0.5
    begins[:, 0] = True
    return ids, begins | (ids < SPECIAL)


def masker(share=0.15):
    return WordMasker(np.arange(TOKENS) >= SPECIAL, MASK, share)


@given(seed=st.integers(0, 1000), share=st.floats(0.05, 0.5))
def test_words_are_asked_for_whole_and_special_tokens_never(seed, share):
    ids, begins = blocks(seed)
    found = masker(share)(ids, begins, np.random.default_rng(seed))
    words = np.cumsum(begins, axis=1)
    for row, (positions, asked) in enumerate(zip(found.positions, found.asked, strict=True)):
        places = set(positions[asked].tolist())
        assert len(places) == asked.sum() <= masker(share).most(40)
        assert (ids[row, list(places)] >= SPECIAL).all()
        chosen = set(words[row, list(places)].tolist())
        whole = {p for p in range(40) if words[row, p] in chosen and ids[row, p] >= SPECIAL}
        assert places == whole


def test_nothing_changes_where_nothing_is_asked():
    ids, begins = blocks(1)
    found = masker()(ids, begins, np.random.default_rng(0))
    changed = found.ids != ids
    asked = np.zeros(ids.shape, bool)
    for row in range(len(ids)):
        asked[row, found.positions[row][found.asked[row]]] = True
    assert not (changed & ~asked).any()
    assert (found.targets == np.take_along_axis(ids, found.positions, 1))[found.asked].all()


def test_a_share_is_asked_for_of_which_80_10_10_per_cent_are_masked_kept_and_replaced():
    ids, begins = blocks(2, batch=1000, length=300)
    found = masker()(ids, begins, np.random.default_rng(0))
    real = (ids >= SPECIAL).sum()
    assert found.asked.sum() / real == pytest.approx(0.15, abs=0.03)
    read = np.take_along_axis(found.ids, found.positions, 1)[found.asked]
    targets = found.targets[found.asked]
    assert (read == MASK).mean() == pytest.approx(0.8, abs=0.02)
    assert (read == targets).mean() == pytest.approx(0.1 + 0.1 / (TOKENS - SPECIAL), abs=0.02)
    assert ((read == MASK) | (read >= SPECIAL)).all()


def test_other_draws_hide_other_words():
    ids, begins = blocks(3)
    one, other, again = (masker()(ids, begins, np.random.default_rng(seed)).ids for seed in (0, 1, 0))
    assert (one != other).any()
    assert (one == again).all()


def test_a_word_longer_than_what_may_be_asked_is_left_alone():
    ids = np.full((1, 40), SPECIAL, np.int32)
    begins = np.zeros((1, 40), bool)
    begins[0, 0] = True
    assert masker().most(40) == 6 + SLACK
    assert not masker()(ids, begins, np.random.default_rng(0)).asked.any()
