"""Batches: every text once, little padding, few shapes, order from (seed, epoch) alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpx.training.batching import Batches
from nlpx.training.buckets import choose, cover

LENGTHS = st.lists(st.integers(0, 40), min_size=1, max_size=60)


def texts(lengths: list[int]) -> list[dict[str, np.ndarray]]:
    """Text number i reads 1000 i + 1, 1000 i + 2, …"""
    return [{"chars": 1000 * i + np.arange(1, n + 1)} for i, n in enumerate(lengths)]


@settings(max_examples=40, deadline=None)
@given(lengths=LENGTHS, batch_size=st.integers(1, 9), buckets=st.integers(1, 5), epoch=st.integers(0, 3))
def test_an_epoch_holds_every_text_once_and_padding_is_zero(lengths, batch_size, buckets, epoch):
    features = texts(lengths)
    batches = Batches(features, batch_size=batch_size, buckets=buckets)
    seen = []
    for batch, rows in batches.epoch(epoch):
        assert batch["chars"].shape == batch["mask"].shape
        assert len(batch["mask"]) == batch_size
        assert not batch["chars"][~batch["mask"]].any()
        assert not batch["mask"][len(rows) :].any()
        for row, (chars, mask) in zip(rows, zip(batch["chars"], batch["mask"], strict=True), strict=False):
            assert chars[mask].tolist() == features[row]["chars"].tolist()
        seen.extend(rows)
    assert sorted(seen) == list(range(len(lengths)))


@pytest.mark.parametrize("buckets", [1, 2, 4])
def test_shapes_are_few(buckets):
    lengths = np.random.default_rng(0).integers(1, 100, 500)
    batches = Batches(texts(lengths.tolist()), batch_size=8, buckets=buckets)
    shapes = {batch["chars"].shape for epoch in range(3) for batch, _ in batches.epoch(epoch)}
    assert len(shapes) == buckets


def test_order_depends_on_seed_and_epoch_only():
    def order(seed: int, epoch: int) -> list[int]:
        batches = Batches(texts([3] * 40), batch_size=4, seed=seed)
        return np.concatenate([rows for _, rows in batches.epoch(epoch)]).tolist()

    assert order(0, 1) == order(0, 1)
    assert order(0, 1) != order(0, 2)
    assert order(0, 1) != order(1, 1)


def test_membership_changes_between_epochs():
    batches = Batches(texts([3] * 40), batch_size=4)
    first, second = ({frozenset(rows.tolist()) for _, rows in batches.epoch(epoch)} for epoch in (0, 1))
    assert first != second


def test_an_epoch_can_start_in_the_middle():
    batches = Batches(texts([2, 5, 9] * 7), batch_size=2)
    whole = [rows.tolist() for _, rows in batches.epoch(3)]
    assert [rows.tolist() for _, rows in batches.epoch(3, start=4)] == whole[4:]
    assert len(whole) == batches.steps


def test_ordered_puts_outputs_back():
    features = texts([4, 1, 7, 3, 3])
    out = [None] * 5
    for batch, rows in Batches(features, batch_size=2).ordered():
        for row, chars, mask in zip(rows, batch["chars"], batch["mask"], strict=False):
            out[row] = chars[mask].tolist()
    assert out == [row["chars"].tolist() for row in features]


def test_features_may_have_further_axes_other_lengths_or_none():
    features = [
        {
            "chars": np.arange(n),
            "words": np.ones((n, 3)),
            "subwords": np.arange(2 * n + 1),
            "label": np.int64(n),
        }
        for n in (2, 3, 9, 9)
    ]
    batches = Batches(features, batch_size=3, buckets=[3, 9])
    widest, narrow = (batch for batch, _ in batches.ordered())
    assert widest["words"].shape == (3, 9, 3)
    assert widest["subwords"].shape == (3, 32)  # 19 at most, in steps of 16
    assert widest["label"].tolist() == [9, 9, 3]
    assert narrow["subwords"].shape == (3, 16)
    assert {array.dtype.name for array in widest.values()} == {"int32", "float32", "bool"}


def test_given_widths_hold_for_other_lengths_too():
    def shapes(lengths):
        rows = [{"chars": np.ones(n), "subwords": np.ones(n + 2)} for n in lengths]
        batches = Batches(rows, batch_size=2, buckets=[8, 32])
        return {batch["subwords"].shape for batch, _ in batches.ordered()}

    assert shapes([3, 4, 20, 21]) == shapes([5, 8, 23, 30]) == {(2, 16), (2, 32)}


def test_no_texts_no_batches():
    batches = Batches([], batch_size=4)
    assert batches.steps == len(batches) == len(list(batches.epoch(0))) == len(list(batches.ordered())) == 0


def brute_force(lengths: list[int], most: int) -> int:
    from itertools import combinations

    ends = sorted(set(lengths))
    choices = (c for k in range(most) for c in combinations(ends[:-1], k))
    return min(sum(min(e for e in (*c, ends[-1]) if e >= n) for n in lengths) for c in choices)


@settings(max_examples=40, deadline=None)
@given(lengths=st.lists(st.integers(1, 12), min_size=1, max_size=20), most=st.integers(1, 4))
def test_buckets_are_nearly_the_best(lengths, most):
    chosen = choose(np.array(lengths), most)
    padded = sum(min(end for end in chosen if end >= n) for n in lengths)
    assert len(chosen) <= most
    assert chosen == sorted(chosen)
    assert chosen[-1] == max(lengths)
    assert padded <= brute_force(lengths, most) / (1 - 0.03 * most)


def test_given_buckets_are_continued_by_doubling():
    assert cover([10, 32], 100) == [10, 32, 64, 128]
    assert cover([10, 32], 5) == [10, 32]
