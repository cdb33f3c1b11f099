"""A span and its context have scales of their own."""

from __future__ import annotations

import numpy as np
import pytest

from nlpx.explain.saliency import Saliency
from nlpx.explain.strength import SPAN_SHARE, share_text, span_share, strengths

OFFSETS = ((0, 1), (1, 2), (2, 3), (3, 4))


def a_map(scores, span=(1, 3), **facts):
    return Saliency("0", "abcd", OFFSETS, np.array(scores, float), "random", "x", 0.5, span, facts)


def test_what_stands_around_a_span_is_shaded_by_its_own_strongest_unit():
    np.testing.assert_allclose(strengths(a_map([0.5, 8, -4, -1])), [0.5, 1, -0.5, -1])


@pytest.mark.parametrize(
    ("scores", "shades"),
    [([0, 8, -4, 1e-9], [0, 1, -0.5, 0]), ([8, 0, 0, 4], [1, 0, 0, 0.5]), ([0] * 4, [0] * 4)],
)
def test_next_to_nothing_is_not_blown_up(scores, shades):
    np.testing.assert_allclose(strengths(a_map(scores)), shades, atol=1e-6)


def test_without_a_span_there_is_one_scale():
    np.testing.assert_allclose(strengths(a_map([0.5, 8, -4, -1], None)), [0.0625, 1, -0.5, -0.125])


def test_the_share_counts_sizes_and_is_told():
    assert span_share(OFFSETS, np.array([1, -2, 4, 1]), (1, 3)) == 0.75
    assert span_share(OFFSETS, np.zeros(4), (1, 3)) == 0
    assert share_text(a_map([1, -2, 4, 1], **{SPAN_SHARE: 0.75})) == "75 % on it"
    assert share_text(a_map([1, 1, 1, 1], None)) == ""
