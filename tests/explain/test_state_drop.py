"""Su's saliency of recurrent networks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nlpx.explain.methods.state_drop import state_drop


def by_the_book(states):
    """s_t = (|h_n - h_{t-1}| - |h_n - h_t|) / |h_n|, one step after the other."""
    path = [np.zeros(states.shape[1]), *states]
    last = path[-1]
    far = [np.linalg.norm(last - state) for state in path]
    return [(far[t - 1] - far[t]) / np.linalg.norm(last) for t in range(1, len(path))]


STATES = arrays(np.float64, (6, 3), elements=st.floats(-1, 1, width=32))


@given(STATES)
def test_it_is_the_formula(states):
    states[-1] += 0.5  # a last state of zero has no direction
    if np.linalg.norm(states[-1]) < 1e-3:
        return
    [scores] = state_drop(states[None], np.ones((1, 6), bool))
    np.testing.assert_allclose(scores, by_the_book(states), atol=1e-9)
    assert scores.sum() == pytest.approx(1, abs=1e-12)


@given(STATES, arrays(bool, 6))
def test_a_masked_step_scores_nothing_and_changes_nothing(states, mask):
    mask[2] = True
    states[:] += 0.01
    noise = np.where(mask[:, None], states, 99.0)
    [scores] = state_drop(noise[None], mask[None])
    [short] = state_drop(states[mask][None], np.ones((1, mask.sum()), bool))
    assert not scores[~mask].any()
    np.testing.assert_array_equal(scores[mask], short)


def test_an_empty_text_scores_nothing():
    assert not state_drop(np.ones((1, 4, 2)), np.zeros((1, 4), bool)).any()
