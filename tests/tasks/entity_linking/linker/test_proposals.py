"""Spans of a batch of texts."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.linker.proposals import (
    ABBREVIATION,
    DICTIONARY,
    TAGGER,
    Spans,
    from_abbreviations,
    from_dictionary,
    from_places,
    merge,
    on_best_path,
    overlapping,
)
from tests.tasks.entity_linking.kb_samples import ENTITIES

TEXTS = ["李娜娜演长城", "", "没有", "ANGEL"]


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    return KnowledgeBase.build(ENTITIES, tmp_path_factory.mktemp("kb") / "kb")


def found_in(spans):
    return list(zip(spans.text.tolist(), spans.surfaces(TEXTS), strict=True))


def test_the_dictionary_proposes_every_match(kb):
    spans = from_dictionary(kb, TEXTS)
    assert found_in(spans) == [(0, "李娜"), (0, "李娜娜"), (0, "长"), (0, "长城"), (3, "ANGEL")]
    assert spans.places(4) == [[(0, 2), (0, 3), (4, 5), (4, 6)], [], [], [(0, 5)]]


def test_maximum_matching_chooses_among_them(kb):
    spans = from_dictionary(kb, TEXTS)
    assert found_in(spans.take(on_best_path(spans, TEXTS))) == [(0, "李娜娜"), (0, "长城"), (3, "ANGEL")]


def test_a_place_that_two_sources_know_is_one_span(kb):
    tagged = from_places(kb, TEXTS, [[(0, 3), (3, 4)], [], [], []], TAGGER, [[0.9, 0.2], [], [], []])
    spans = merge([from_dictionary(kb, TEXTS), tagged])
    by_surface = dict(
        zip(spans.surfaces(TEXTS), zip(spans.source, spans.name >= 0, strict=True), strict=True)
    )
    assert by_surface["李娜娜"] == (DICTIONARY | TAGGER, True)
    assert by_surface["演"] == (TAGGER, False)
    assert by_surface["长城"] == (DICTIONARY, True)
    scores = dict(zip(spans.surfaces(TEXTS), spans.extra["tagger"].tolist(), strict=True))
    assert scores["李娜娜"] == pytest.approx(0.9)
    assert scores["长城"] == 0


def test_short_forms_are_proposed_wherever_they_stand_alone(tmp_path):
    names = KnowledgeBase.build([Entity("1", "Adenomatous Polyposis Coli")], tmp_path / "kb")
    texts = ["adenomatous polyposis coli (APC), APC and APCs"]
    spans = from_abbreviations(names, texts)
    assert spans.surfaces(texts) == ["adenomatous polyposis coli", "APC", "APC"]
    assert set(spans.name.tolist()) == {0}


def test_nothing_is_proposed_where_nothing_is_found(kb):
    spans = merge([from_dictionary(kb, ["没有", ""]), from_places(kb, ["没有", ""], [[], []], TAGGER)])
    assert len(spans) == 0
    assert spans.places(2) == [[], []]


PLACES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 8), st.integers(1, 5)), max_size=12, unique=True
).map(lambda found: sorted((text, start, start + length) for text, start, length in found))


@given(PLACES)
def test_overlapping_pairs_are_all_and_only_those(places):
    text, start, end = np.array(places, np.int32).reshape(-1, 3).T
    none = np.zeros(len(places), np.int32)
    pairs = overlapping(Spans(text, start, end, none, none.astype(np.uint8)))
    wanted = {
        (a, b)
        for a, b in combinations(range(len(places)), 2)
        if text[a] == text[b] and start[b] < end[a] and start[a] < end[b]
    }
    found = list(zip(*(rows.tolist() for rows in pairs), strict=True))
    assert set(found) == wanted
    assert len(found) == len(wanted)


def test_of_two_names_at_a_place_that_of_the_last_source_counts() -> None:
    def at(name: int, source: int) -> Spans:
        columns = [np.array([value]) for value in (0, 2, 5, name, source)]
        return Spans(*columns)

    for first, last in ((7, 3), (3, 7)):
        merged = merge([at(first, DICTIONARY), at(last, ABBREVIATION)])
        assert (merged.name.tolist(), merged.source.tolist()) == ([last], [DICTIONARY | ABBREVIATION])
    assert merge([at(4, DICTIONARY), at(-1, TAGGER)]).name.tolist() == [4]
