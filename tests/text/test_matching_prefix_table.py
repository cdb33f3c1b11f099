"""Scanning many texts for many words at once finds what slicing every substring finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.text.normalize import fold_table
from nlpx.text.prefix_table import CHUNK, Matches, PrefixTable

LETTERS = "ab\u4e2dc😀 "
WORDS = st.lists(st.text(LETTERS, min_size=1, max_size=6), unique=True, max_size=30).map(sorted)
TEXTS = st.lists(st.text(LETTERS + "\0x", max_size=30), max_size=6)


def table_of(words, fold=None):
    return PrefixTable.build(words, np.arange(len(words)), fold)


def slicing(words, texts):
    return [
        (number, start, end, words.index(text[start:end]))
        for number, text in enumerate(texts)
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if text[start:end] in words
    ]


def found(matches):
    return list(
        zip(*(getattr(matches, name).tolist() for name in ("text", "start", "end", "word")), strict=True)
    )


@given(WORDS, TEXTS)
def test_the_scan_equals_slicing(words, texts):
    assert found(table_of(words).scan(texts)) == slicing(words, texts)


def test_the_text_is_folded_and_the_spans_are_those_of_the_raw_text():
    table = table_of(["angel", "李娜"], fold_table(True, True, False))
    assert table.scan(["Ａngel是李娜"]).rows() == [(0, 5, 0), (6, 8, 1)]


def test_words_never_run_from_one_text_into_the_next():
    assert len(table_of(["ab"]).scan(["a", "b"])) == 0


def test_batches_larger_than_a_chunk():
    texts = ["xxab" * 50] * (CHUNK // 100)
    matches = table_of(["ab"]).scan(texts)
    assert len(matches) == 50 * len(texts)
    assert [len(rows) for rows in matches.split(len(texts))] == [50] * len(texts)


def test_values_name_the_words():
    table = PrefixTable.build(["a", "ab"], np.array([2**31 - 2, 7]))
    assert table.scan(["ab"]).rows() == [(0, 1, 2**31 - 2), (0, 2, 7)]


def test_arrays_are_all_it_needs():
    table = table_of(["a", "bc", "bcd"])
    assert PrefixTable(table.arrays()).scan(["abcd"]).rows() == table.scan(["abcd"]).rows()


@pytest.mark.parametrize("count", [1, 17, 5000])
def test_every_word_is_found_whatever_the_load(count):
    words = sorted(f"{number:x}" for number in range(count))
    matches = table_of(words).scan(words)
    whole = (matches.start == 0) & (matches.end == [len(words[text]) for text in matches.text])
    assert matches.word[whole].tolist() == list(range(count))


def test_parts_are_sorted_when_they_are_joined():
    a, b = table_of(["b"]).scan(["ab", "b"]), table_of(["ab"]).scan(["ab", "b"])
    assert found(Matches.concatenate([a, b])) == [(0, 0, 2, 0), (0, 1, 2, 0), (1, 0, 1, 0)]
    assert len(Matches.concatenate([])) == 0
