"""Names in texts."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase, folding
from tests.tasks.entity_linking.kb_samples import ENTITIES, LETTERS, entity_lists


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    return KnowledgeBase.build(ENTITIES, tmp_path_factory.mktemp("kb") / "kb")


def surfaces(kb, text, found):
    return [(start, text[start:end], kb.names.name(name)) for start, end, name in found]


def test_every_character_stays_one_character():
    every = "".join(map(chr, range(0x110000)))
    assert len(folding.fold(every)) == len(every)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Ⅲ期", "㈱½ﬁİⅲ期…", "ⅲ期"),  # NFKC would make more or fewer characters of most of these
        ("a·b", "👩‍👩‍👧A•B✨", "A•B"),
        ("9：30", "９:30​", "９:30"),
        ("《歌》", "İ《歌》", "歌"),
    ],
)
def test_what_is_found_is_the_slice_of_the_raw_text(tmp_path, name, text, found):
    kb = KnowledgeBase.build([Entity("1", name)], tmp_path / "kb")
    for start, end, _ in [*kb.matches(text), *kb.scan([text]).split(1)[0]]:
        assert text[start:end] == found
    assert len(kb.matches(text)) == len(kb.scan([text]).split(1)[0]) == 1


def test_nested_and_overlapping_names_with_the_slices_of_the_raw_text(kb):
    text = "ＡＮＧＥＬ看李娜娜演长城"
    assert surfaces(kb, text, kb.matches(text)) == [
        (0, "ＡＮＧＥＬ", "angel"),
        (6, "李娜", "李娜"),
        (6, "李娜娜", "李娜娜"),
        (10, "长", "长"),
        (10, "长城", "长城"),
    ]


@settings(max_examples=40)
@given(entity_lists(), st.lists(st.text(LETTERS + "x \n\0İ✨\ud800", max_size=12), max_size=4))
def test_both_ways_of_matching_find_every_name(entities, texts):
    with tempfile.TemporaryDirectory() as folder:
        kb = KnowledgeBase.build(entities, Path(folder) / "kb")
        names = {folding.fold_name(name) for entity in entities for name in entity.names}
        expected = [
            [
                (start, end)
                for start in range(len(text))
                for end in range(start + 1, len(text) + 1)
                if folding.fold(text[start:end]) in names and "\0" not in text[start:end]
            ]
            for text in texts
        ]
        single = [kb.matches(text) for text in texts]
        assert [[(start, end) for start, end, _ in found] for found in single] == expected
        assert kb.scan(texts).split(len(texts)) == single


def test_max_matches_cover_most_with_fewest_words(kb):
    text = "李娜娜在长城"
    assert surfaces(kb, text, kb.max_matches(text)) == [(0, "李娜娜", "李娜娜"), (4, "长城", "长城")]


def test_pruned_names_take_no_part(kb):
    keep = np.ones(len(kb.names), bool)
    keep[kb.names.number("长城")] = keep[kb.names.number("李娜娜")] = False
    text = "李娜娜在长城"
    found = kb.max_matches(text, keep=keep)
    assert surfaces(kb, text, found) == [(0, "李娜", "李娜"), (4, "长", "长")]
    assert kb.max_matches_of([text, ""], keep=keep) == [found, []]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("art in the heart", [(0, 3)]),
        ("ＡＲＴ课", [(0, 3)]),
        ("他爱art吗", [(2, 5)]),
        ("art1", []),
        ("(art)", [(1, 4)]),
    ],
)
def test_whole_words_only(tmp_path, text, found):
    kb = KnowledgeBase.build([Entity("1", "art"), Entity("2", "爱他")], tmp_path / "kb")
    assert [(start, end) for start, end, _ in kb.matches(text, whole_words=True)] == found
    assert [(start, end) for start, end, _ in kb.scan(["x", text], whole_words=True).rows()] == found


def test_a_text_of_a_hundred_thousand_characters(kb):
    text = "李娜娜去长城😀" * (100_000 // 7)
    assert len(kb.matches(text)) == 4 * (100_000 // 7)
    assert len(kb.max_matches(text)) == 2 * (100_000 // 7)


def test_no_text_and_empty_texts(kb):
    assert kb.matches("") == []
    assert len(kb.scan([])) == len(kb.scan(["", ""])) == 0


def test_very_long_names_are_candidates_but_not_looked_for_in_texts(tmp_path):
    long = "长" * 5000
    kb = KnowledgeBase.build([Entity("1", long), Entity("2", "长城")], tmp_path / "kb")
    assert kb.candidates(long).ids == ["1"]
    assert kb.matches(long) == kb.scan([long]).rows() == []


@pytest.mark.parametrize(
    ("surface", "best"), [("李娜那", "1"), ("安琦", "4"), ("Angle", "4"), ("长城长", "5")]
)
def test_similar_names(kb, surface, best):
    found = kb.fuzzy(surface, 3)
    assert found[0][0] == best
    assert all(0 < score <= 1 for _, score in found)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_a_name_is_most_similar_to_itself(kb):
    assert kb.fuzzy("李娜", 3) == [(id, pytest.approx(1)) for id in ("1", "2", "3")]
    assert kb.fuzzy("完全", 3) == kb.fuzzy("", 3) == []


def test_without_the_index_for_similar_names(tmp_path):
    kb = KnowledgeBase.build(ENTITIES, tmp_path / "kb", ngrams=())
    assert kb.candidates("李娜").ids
    with pytest.raises(DataError, match="without fuzzy matching"):
        kb.fuzzy("李娜")
