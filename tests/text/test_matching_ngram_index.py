"""Fuzzy matching by character n-grams."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.text import ngram_index
from nlpx.text.ngram_index import NgramIndex

NAMES = ["腹腔镜下阑尾切除术", "阑尾切除术", "胆囊切除术", "腹腔镜检查", "剖宫产", "剖宫产术"]


def grams(text, sizes):
    padded = f"\x02{text}\x03"
    all_grams = {padded[i : i + n] for n in sizes for i in range(len(padded) - n + 1)}
    return all_grams - {"\x02", "\x03"}


def cosine(text, names, number, sizes):
    """The definition, set by set."""
    sets = [grams(name, sizes) for name in names]

    def squared_idf(gram):
        return (math.log((1 + len(names)) / (1 + sum(gram in one for one in sets))) + 1) ** 2

    def norm(some):
        return math.sqrt(sum(map(squared_idf, some)))

    common = grams(text, sizes) & sets[number]
    return sum(map(squared_idf, common)) / (norm(grams(text, sizes)) * norm(sets[number])) if common else 0.0


@pytest.mark.parametrize("sizes", [(1,), (2,), (1, 2), (2, 3), (3,)])
@pytest.mark.parametrize("budget", [1, 10_000])
def test_scores_are_the_cosine(monkeypatch, sizes, budget):
    monkeypatch.setattr(ngram_index, "BUDGET", budget)
    numbers, scores = NgramIndex.build(NAMES, sizes).search("腹腔镜阑尾切除", 10)
    expected = [cosine("腹腔镜阑尾切除", NAMES, number, sizes) for number in numbers]
    assert scores == pytest.approx(expected, abs=1e-6)
    assert list(scores) == sorted(scores, reverse=True)


@given(st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=20), st.integers(1, 5))
def test_a_string_is_most_like_itself(strings, k):
    index = NgramIndex.build(strings)
    for number, string in enumerate(strings):
        numbers, scores = index.search(string, k)
        assert scores[0] == pytest.approx(1, abs=1e-5)
        assert len(numbers) <= k
        if k >= len(strings):
            assert number in numbers


@pytest.mark.parametrize("text", ["", "𝕏", "完全无关"])
def test_nothing_in_common(text):
    assert [part.size for part in NgramIndex.build(["abc"]).search(text)] == [0, 0]


def test_an_empty_index():
    assert NgramIndex.build([]).search("a")[0].size == 0


def test_weights_may_come_from_another_index():
    base = NgramIndex.build(NAMES)
    added = NgramIndex.build(["剖宫产", "新名"], reference=base)
    assert added.search("剖宫产")[1][0] == pytest.approx(1, abs=1e-5)
    assert (
        added.weights[np.searchsorted(added.grams, ord("宫"))]
        == base.weights[np.searchsorted(base.grams, ord("宫"))]
    )


def test_arrays_are_all_it_needs():
    index = NgramIndex.build(NAMES)
    again = NgramIndex(index.arrays())
    assert again.search("剖宫产")[0].tolist() == index.search("剖宫产")[0].tolist()


def test_sizes_beyond_three_do_not_fit():
    with pytest.raises(ValueError, match="1, 2, 3"):
        NgramIndex.build(["a"], (4,))
