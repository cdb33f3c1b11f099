"""Paragraphs to blocks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nlpx.pretraining.packing import SMALL_REST, Packer

PAD, CLS, SEP, END = 0, 1, 2, 3
SPECIAL = {"pad": PAD, "cls": CLS, "sep": SEP}

paragraphs = st.lists(
    st.lists(st.tuples(st.integers(3, 9), st.booleans()), min_size=1, max_size=60), max_size=12
)


def pack(texts, length=16):
    written = []
    packer = Packer(
        length, SPECIAL, np.array([END]), lambda *block: written.append([x.copy() for x in block])
    )
    for text in texts:
        ids, begins = (np.array(column) for column in zip(*text, strict=True))
        begins[0] = True
        packer.add(ids.astype(np.int32), begins.astype(bool))
    packer.flush()
    return [(ids.tolist(), begins.tolist()) for ids, begins in written]


@given(paragraphs)
def test_no_token_is_lost_or_moved(texts):
    found = [token for ids, _ in pack(texts) for token in ids if token > SEP]
    assert found == [token for text in texts for token, _ in text]


@given(paragraphs)
def test_blocks_begin_with_cls_and_end_with_sep_and_padding(texts):
    for ids, begins in pack(texts):
        real = [token for token in ids if token != PAD]
        assert len(ids) == 16
        assert ids[: len(real)] == real
        assert (real[0], real[-1]) == (CLS, SEP)
        assert all(begin for token, begin in zip(ids, begins, strict=True) if token < END)


def test_a_paragraph_is_cut_behind_a_clause():
    text = [(5, True)] * 7 + [(END, True)] + [(6, True)] * 9
    first, second = (ids for ids, _ in pack([text]))
    assert first == [CLS, *[5] * 7, END, SEP, *[PAD] * 6]
    assert second == [CLS, *[6] * 9, SEP, *[PAD] * 5]


def test_a_clause_longer_than_a_block_is_cut_at_a_word():
    words = [(5, True), (6, False), (6, False)] * 6
    blocks = pack([words])
    assert [ids.count(5) for ids, _ in blocks] == [4, 2]
    assert all(begins[1] for _, begins in blocks)


def test_a_clause_that_ends_early_does_not_end_the_block():
    text = [(5, True), (END, True)] + [(6, True)] * 30
    assert [sum(token > SEP for token in ids) for ids, _ in pack([text])] == [14, 14, 4]


def test_nothing_is_cut_within_a_word():
    text = [(5, True)] * 9 + [(END, False), (6, False)] + [(6, True)] * 9
    first, second = (ids for ids, _ in pack([text]))
    assert (first.count(6), second.count(6)) == (4, 6)


def test_short_paragraphs_share_a_block():
    [(ids, _)] = pack([[(5, True)] * 3, [(6, True)] * 4])
    assert ids[:10] == [CLS, 5, 5, 5, SEP, 6, 6, 6, 6, SEP]
    assert SMALL_REST > 16 - 10 - 1
