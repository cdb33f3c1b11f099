"""Tags: spans survive every scheme, illegal tags are repaired by one rule, seqeval agrees."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval import scheme as seqeval
from seqeval.metrics.sequence_labeling import get_entities

from nlpx.errors import DataError
from nlpx.text.spans import Span, flatten
from nlpx.text.tags import (
    SCHEMES,
    convert,
    count_repairs,
    detect,
    repair_tags,
    spans_to_tags,
    tag_names,
    tags_to_spans,
    transitions,
)

LENGTH = 12
LABELS = ("LOC", "PER", "a-b")
schemes = st.sampled_from(sorted(SCHEMES))
flat_spans = st.lists(
    st.builds(
        lambda start, length, label: Span(start, min(start + length, LENGTH), label),
        st.integers(0, LENGTH - 1),
        st.integers(1, 5),
        st.sampled_from(LABELS),
    )
).map(flatten)


def any_tags(scheme):
    """Tag sequences of a scheme, most of them illegal."""
    return st.lists(st.sampled_from(tag_names(LABELS, scheme)), max_size=LENGTH)


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("BIO", "B-X I-X I-X B-X O B-Y"),
        ("IOB1", "I-X I-X I-X B-X O I-Y"),
        ("BIOES", "B-X I-X E-X S-X O S-Y"),
        ("BMESO", "B-X M-X E-X S-X O S-Y"),
        ("BILOU", "B-X I-X L-X U-X O U-Y"),
    ],
)
def test_the_schemes_spell_the_same_entities(scheme, tags):
    spans = [Span(0, 3, "X"), Span(3, 4, "X"), Span(5, 6, "Y")]
    assert spans_to_tags(spans, 6, scheme) == tags.split()
    assert tags_to_spans(tags.split(), None, scheme) == spans


@given(flat_spans, schemes)
def test_spans_survive_every_scheme(spans, scheme):
    tags = spans_to_tags(spans, LENGTH, scheme)
    assert len(tags) == LENGTH
    assert count_repairs(tags, scheme) == 0
    assert tags_to_spans(tags, None, scheme) == spans == tags_to_spans(tags, None, scheme, strict=True)


@given(flat_spans, schemes, schemes)
def test_schemes_convert_into_one_another_without_loss(spans, source, target):
    tags = spans_to_tags(spans, LENGTH, source)
    assert convert(convert(tags, source, target), target, source) == tags
    assert convert(tags, source, target) == spans_to_tags(spans, LENGTH, target)


@given(st.data(), schemes)
def test_repaired_tags_are_legal_and_mean_the_same(data, scheme):
    tags = data.draw(any_tags(scheme))
    repaired = convert(tags, scheme, scheme)
    assert count_repairs(repaired, scheme) == 0
    assert tags_to_spans(repaired, None, scheme) == tags_to_spans(tags, None, scheme)
    assert (repaired == tags) == (count_repairs(tags, scheme) == 0)


@given(st.data(), schemes)
def test_repairs_are_counted_by_the_same_rule_as_transitions(data, scheme):
    tags, names = data.draw(any_tags(scheme)), tag_names(LABELS, scheme)
    allowed, start, end = transitions(names, scheme)
    ids = [names.index(tag) for tag in tags]
    forbidden = sum(not allowed[i, j] for i, j in pairwise(ids))
    edges = sum([not start[ids[0]], not end[ids[-1]]]) if ids else 0
    assert count_repairs(tags, scheme) == forbidden + edges == repair_tags(tags, None, scheme)[1]


@pytest.mark.parametrize(
    ("scheme", "tags", "spans"),
    [
        ("BIO", "I-X I-X", [Span(0, 2, "X")]),
        ("BIO", "B-X I-Y", [Span(0, 1, "X"), Span(1, 2, "Y")]),
        ("BIOES", "B-X O", [Span(0, 1, "X")]),
        ("BIOES", "B-X I-X S-X", [Span(0, 2, "X"), Span(2, 3, "X")]),
        ("BIOES", "E-X E-X", [Span(0, 1, "X"), Span(1, 2, "X")]),
        ("BMESO", "O M-X E-X M-X", [Span(1, 3, "X"), Span(3, 4, "X")]),
        ("IOB1", "B-X I-X", [Span(0, 2, "X")]),
    ],
)
def test_illegal_tags_are_repaired_or_in_strict_mode_left_out(scheme, tags, spans):
    assert tags_to_spans(tags.split(), None, scheme) == spans
    assert count_repairs(tags.split(), scheme) > 0
    assert set(tags_to_spans(tags.split(), None, scheme, strict=True)) < set(spans) or scheme == "IOB1"


@given(
    st.data(), st.sampled_from([("BIO", "IOB2"), ("IOB1", "IOB1"), ("BIOES", "IOBES"), ("BILOU", "BILOU")])
)
def test_strict_reading_is_that_of_seqeval(data, names):
    tags = data.draw(any_tags(names[0]))
    theirs = seqeval.Entities([tags], getattr(seqeval, names[1])).entities[0]
    ours = tags_to_spans(tags, None, names[0], strict=True)
    assert ours == [Span(entity.start, entity.end, entity.tag) for entity in theirs]


@given(st.data(), st.sampled_from(["BIO", "IOB1", "BIOES"]))
def test_lenient_reading_is_that_of_seqeval(data, scheme):
    tags = data.draw(any_tags(scheme))
    theirs = [Span(first, last + 1, label) for label, first, last in get_entities(tags)]
    assert tags_to_spans(tags, None, scheme) == theirs


def test_word_offsets_go_in_and_come_out():
    text, tokens = "New York is big", [(0, 3), (4, 8), (9, 11), (12, 15)]
    tags = spans_to_tags([Span(0, 8, "LOC")], tokens, "BIOES")
    assert tags == ["B-LOC", "E-LOC", "O", "O"]
    (span,) = tags_to_spans(tags, tokens, "BIOES")
    assert text[span.start : span.end] == "New York"


def test_a_span_takes_every_token_it_touches():
    tokens = [(0, 3), (4, 8), (9, 11)]
    assert spans_to_tags([Span(2, 5, "X")], tokens) == ["B-X", "I-X", "O"]
    assert spans_to_tags([Span(3, 4, "X")], tokens) == ["O", "O", "O"]


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        ("O O", "BIO"),
        ("B-X I-X O", "BIO"),
        ("O B-X B-X", "BIO"),
        ("I-X I-X O I-Y", "IOB1"),
        ("I-X B-X O I-Y", "IOB1"),
        ("O I-X O B-X I-X", "BIO"),
        ("B-X E-X O", "BIOES"),
        ("S-X", "BIOES"),
        ("B-X M-X E-X O", "BMESO"),
        ("B M E S", "BMES"),
        ("B-X L-X O U-X", "BILOU"),
    ],
)
def test_the_scheme_is_found(tags, scheme):
    assert detect([["O"], tags.split()]) == scheme or (scheme == "BMES" and detect([tags.split()]) == scheme)


def test_letters_of_two_schemes_are_refused():
    with pytest.raises(DataError, match="fit no known scheme: their first letters are B, L, M"):
        detect([["B-X", "M-X", "L-X"]])


@pytest.mark.parametrize(
    ("tag", "known"), [("X-PER", "B, I, O"), ("E-PER", "B, I, O"), ("BPER", "B, I, O"), ("", "B")]
)
def test_what_is_no_tag_is_refused(tag, known):
    with pytest.raises(DataError, match=f"is no tag of BIO .{known}"):
        tags_to_spans([tag])


def test_aliases_and_unknown_schemes():
    assert spans_to_tags([Span(0, 1, "X")], 1, "iobes") == ["S-X"]
    with pytest.raises(DataError, match=r"'XYZ' is unknown\nKnown schemes: BIO, IOB1"):
        convert(["O"], "BIO", "XYZ")


def test_tags_without_labels_segment_words():
    spans = tags_to_spans(list("BESBME"), None, "BMES")
    assert [span[:2] for span in spans] == [(0, 2), (2, 3), (3, 6)]
    assert spans_to_tags(spans, 6, "BMES") == list("BESBME")
