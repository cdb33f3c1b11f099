"""Words that speak for a class, from maps."""

from __future__ import annotations

import numpy as np
import pytest

from nlpx.explain.saliency import Saliency
from nlpx.report.words import importance, words_of
from tests.report.made import NASTY, Page


def a_map(text, scores, target="pos"):
    """A map whose units are the words of a text."""
    offsets, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        offsets.append((at, at + len(word)))
        at += len(word)
    return Saliency("0", text, tuple(offsets), np.array(scores, float), "made", target, 0.9)


def test_every_map_weighs_the_same():
    words, _ = words_of([a_map("good , bad", [8, 0, -2]), a_map("good , day", [0.5, 0, 0.5])], least=1)
    assert [(one.word, one.count, round(one.score, 6)) for one in words["pos"]] == [
        ("good", 2, 0.65),
        ("day", 1, 0.5),
        ("bad", 1, -0.2),
    ]


def test_rare_words_and_maps_of_nothing_are_left_out():
    assert words_of([a_map("good day", [0, 0])])[0] == {}
    assert words_of([a_map("good", [1]), a_map("day", [1])], least=2) == ({"pos": []}, 2)


def test_the_table_escapes_words_and_shows_classes_of_a_classifier_only():
    nasty = Saliency("0", NASTY, ((0, len(NASTY)),), np.ones(1), "made", NASTY, None)
    html = importance(words_of([nasty, nasty], least=1)[0])
    assert "<script" not in html
    assert NASTY[:20] in Page(html).text
    ids = [a_map("good", [1], target=str(number)) for number in range(100)]
    assert words_of(ids, least=1)[0] == {}
    assert importance({}) == ""


@pytest.mark.parametrize(("times", "least"), [(12, 10), (7, 5), (3, 3), (2, 3)])
def test_words_are_as_frequent_as_the_split_allows(times, least):
    text = "one two three four five six seven"
    words, wanted = words_of([a_map(text, [1] * 7)] * times)
    assert wanted == least
    assert [word.count for word in words["pos"]] == [times] * 7 * (times >= least)
