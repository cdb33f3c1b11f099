from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tagging.tag_set import TagSet
from nlpx.tagging.windowing import cut, join
from nlpx.text.spans import Span

TAGS = TagSet.fit(["PER", "LOC"], "BIOES")


def spans_of(bounds: list[int]) -> list[Span]:
    """Disjoint spans between pairs of neighbouring bounds."""
    ordered = sorted(set(bounds))
    return [Span(a, b, "PER") for a, b in zip(ordered[::2], ordered[1::2], strict=False)]


@given(st.lists(st.integers(0, 60), max_size=12), st.integers(0, 3))
def test_cutting_labelling_and_joining_gives_the_spans_again(bounds: list[int], shift: int) -> None:
    spans = [span for span in spans_of(bounds) if span.end - span.start <= 4]
    text = "字" * (60 + shift)
    pieces = cut(text, spans, None, max_length=20, overlap=8)
    tags = [TAGS.encode(piece.spans, len(piece.text)) for piece in pieces]
    [ids] = join(pieces, tags, [len(pieces)])
    assert TAGS.decode(ids, None) == spans


def test_pieces_are_slices_of_the_text_with_offsets_of_their_own() -> None:
    text, words = "ab cd ef gh", [(0, 2), (3, 5), (6, 8), (9, 11)]
    pieces = cut(text, [Span(9, 11, "LOC")], words, max_length=2, overlap=0)
    assert [piece.text for piece in pieces] == ["ab cd", "ef gh"]
    assert pieces[1].offsets == [(0, 2), (3, 5)]
    assert pieces[1].spans == [Span(3, 5, "LOC")]


def test_an_entity_that_an_edge_cuts_is_in_no_half() -> None:
    pieces = cut("甲乙丙丁", [Span(1, 3, "PER")], None, max_length=2, overlap=0)
    assert [piece.spans for piece in pieces] == [[], []]


def test_a_text_without_units_has_no_pieces_and_joins_to_nothing() -> None:
    assert cut("", [], None, 8, 2) == []
    assert join([], [], [0, 0]) == [[], []]


@pytest.mark.parametrize("scheme", ["BIO", "BIOES", "BMES"])
def test_tags_mean_the_spans_they_were_made_from(scheme: str) -> None:
    tags = TagSet.fit(["PER", "LOC"], scheme)
    spans = [Span(0, 1, "LOC"), Span(1, 3, "PER"), Span(5, 6, "PER")]
    ids = tags.encode(spans, 7)
    assert ids.dtype == np.int32
    assert tags.decode(list(ids), None) == spans
    allowed, start, end = tags.constraints
    assert start[ids[0]]
    assert end[ids[-1]]
    assert all(allowed[a, b] for a, b in itertools.pairwise(ids))
