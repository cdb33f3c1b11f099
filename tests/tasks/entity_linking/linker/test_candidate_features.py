"""Candidates of spans, and what their features say, compared with the plain way to find it out."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.example import Example, Mention
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.linker import entity_facts_cache
from nlpx.tasks.entity_linking.linker.candidate_features import candidate_features
from nlpx.tasks.entity_linking.linker.candidates import Candidates, make
from nlpx.tasks.entity_linking.linker.competition import gaps_and_ranks
from nlpx.tasks.entity_linking.linker.context import context_features
from nlpx.tasks.entity_linking.linker.entity_facts import EntityFacts
from nlpx.tasks.entity_linking.linker.entity_facts_cache import entity_facts
from nlpx.tasks.entity_linking.linker.proposals import Spans, from_dictionary, from_places
from nlpx.tasks.entity_linking.linker.ragged import Ragged
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.linker.tokens import tokenize
from nlpx.tasks.entity_linking.statistics import LinkStatistics

ENTITIES = [
    Entity("tennis", "李娜", ["娜姐"], "网球运动员", ("Human",), [("国籍", "中国"), ("冠军", "法网")]),
    Entity("singer", "李娜", [], "歌手,唱过青藏高原", ("Human",), [("国籍", "中国")]),
    Entity("ship", "李娜号", ["李娜"], "a ship of the US navy", ("Thing",)),
    Entity("open", "法网", [], "网球公开赛", ("Event",), [("地点", "巴黎")]),
]
TEXT = "李娜在法网拿下网球冠军"
OPTIONS = SimpleNamespace(
    candidates=10,
    fuzzy=0,
    features=SimpleNamespace(names=True, statistics=True, context=True, competition=True),
)


@pytest.fixture
def kb(tmp_path: Path) -> KnowledgeBase:
    return KnowledgeBase.build(ENTITIES, tmp_path / "kb")


def linked(*ids: str) -> LinkStatistics:
    return LinkStatistics.fit([Example(id, "李娜", [Mention(0, 2, id, "李娜")]) for id in ids])


def features(
    kb: KnowledgeBase, texts: list[str], statistics: LinkStatistics
) -> tuple[Spans, Candidates, dict[str, np.ndarray]]:
    spans = from_dictionary(kb, texts)
    found = make(AnswerSpace(kb), texts, spans, lambda _: statistics, OPTIONS)
    names, x = candidate_features(AnswerSpace(kb), texts, spans, found, lambda _: statistics, OPTIONS)
    assert x.dtype == np.float32
    assert x.shape == (len(found), len(names))
    return spans, found, dict(zip(names, x.T, strict=True))


# === Candidates ===


def test_candidates_are_those_of_the_name_and_those_seen(kb: KnowledgeBase) -> None:
    spans = from_dictionary(kb, [TEXT])
    found = make(AnswerSpace(kb), [TEXT], spans, lambda _: linked("open", "singer", "singer"), OPTIONS)
    of_first = [kb.id_of(index) for index in found.entity[found.span == 0].tolist()]
    assert sorted(of_first) == ["open", "ship", "singer", "tennis"]
    assert of_first[-1] == "open"  # the name does not mean it, but training texts link it there
    seen = dict(zip(of_first, found.extra["seen_links"].tolist(), strict=False))
    assert (seen["singer"], seen["open"], seen["ship"]) == (2, 1, 0)
    assert found.extra["name_prior"][found.span == 0].sum() == pytest.approx(1)


def test_likeliest_candidates_alone_are_kept(kb: KnowledgeBase) -> None:
    spans = from_dictionary(kb, ["李娜"])
    one = make(
        AnswerSpace(kb), ["李娜"], spans, lambda _: LinkStatistics(), SimpleNamespace(candidates=1, fuzzy=0)
    )
    assert len(one) == 1


def test_ids_beyond_the_knowledge_base_are_no_candidates(kb: KnowledgeBase) -> None:
    spans = from_dictionary(kb, ["李娜"])
    assert len(make(AnswerSpace(kb), ["李娜"], spans, lambda _: linked("nobody"), OPTIONS)) == 3


@pytest.mark.parametrize("texts", [[], [""], ["没有"]])
def test_no_span_no_candidate(kb: KnowledgeBase, texts: list[str]) -> None:
    _, found, columns = features(kb, texts, linked("tennis"))
    assert len(found) == 0
    assert all(len(values) == 0 for values in columns.values())


def test_given_place_without_name_has_what_was_seen(kb: KnowledgeBase) -> None:
    spans = from_places(kb, ["李娜和人"], [[(0, 2), (2, 4)]], 4)
    found = make(AnswerSpace(kb), ["李娜和人"], spans, lambda _: LinkStatistics(), OPTIONS)
    assert set(found.span.tolist()) == {0}


# === Features ===


def test_context_tells_the_candidates_apart(kb: KnowledgeBase) -> None:
    _, found, columns = features(kb, [TEXT], LinkStatistics())
    row = {kb.id_of(entity): row for row, entity in enumerate(found.entity.tolist()) if found.span[row] == 0}
    assert columns["words"][row["tennis"]] == 2  # 法网 and 网球
    assert columns["values in text"][row["tennis"]] == 1
    assert columns["names in description"][row["tennis"]] == 1
    assert columns["words"][row["singer"]] == columns["values in text"][row["singer"]] == 0
    assert columns["rare words: ahead"][row["tennis"]] > 0 > columns["rare words: ahead"][row["ship"]]
    assert columns["is main name"].tolist()[:3].count(1) == 2


def test_statistics_of_training_texts_are_told(kb: KnowledgeBase) -> None:
    _, found, columns = features(kb, ["李娜"], linked("ship", "ship", "singer"))
    told = {kb.id_of(entity): row for row, entity in enumerate(found.entity.tolist())}
    assert columns["links of entity"][told["ship"]] == pytest.approx(np.log(3))
    assert columns["seen_links: higher"][told["ship"]] == 0
    assert columns["share of links"].argmax() == told["ship"]


def test_kinds_are_switched_off(kb: KnowledgeBase) -> None:
    spans = from_dictionary(kb, [TEXT])
    found = make(AnswerSpace(kb), [TEXT], spans, lambda _: LinkStatistics(), OPTIONS)
    none = SimpleNamespace(names=False, statistics=False, context=False, competition=True)
    names, x = candidate_features(
        AnswerSpace(kb), [TEXT], spans, found, lambda _: LinkStatistics(), SimpleNamespace(features=none)
    )
    assert names == []
    assert x.shape == (len(found), 0)


def test_english_words_are_compared_whole(kb: KnowledgeBase) -> None:
    _, found, columns = features(kb, ["no Navy vessels or shipping of 李娜号"], LinkStatistics())
    assert columns["words"][found.entity == 2].max() == 2  # navy and of


WORDS = st.text("ab 甲乙丙,", max_size=12)


@given(st.lists(st.tuples(WORDS, st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=5), st.data())
def test_common_words_are_those_found_the_plain_way(
    rows: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    told = data.draw(st.lists(WORDS, min_size=1, max_size=4))
    facts = EntityFacts.of(Entity(str(number), "x", [], text) for number, text in enumerate(told))
    texts = [text for text, _, _ in rows]
    columns = zip(*[(i, s, s + n, -1, 4) for i, (_, s, n) in enumerate(rows)], strict=True)
    spans = Spans(*map(np.array, columns))
    span, entity = (grid.ravel() for grid in np.indices((len(rows), len(told))))
    found = context_features(facts, texts, spans, Candidates(span, entity))
    for row, (number, other) in enumerate(zip(span.tolist(), entity.tolist(), strict=True)):
        text, start, size = rows[number]
        around = [word for word, low, high in plain_words(text) if high <= start or low >= start + size]
        had = [word in {one for one, _, _ in plain_words(told[other])} for word in around]
        assert found["words"][row] == sum(had)
        runs = "".join("x" if one else " " for one in had).split()
        assert found["longest run"][row] == max(map(len, runs), default=0)


def plain_words(text: str) -> list[tuple[str, int, int]]:
    tokens = tokenize([text])
    return [(text[a:b], a, b) for a, b in zip(tokens.start.tolist(), tokens.end.tolist(), strict=True)]


def test_words_and_pairs() -> None:
    found = [text for text, _, _ in plain_words("李娜打tennis 2011年,好")]
    assert found == ["李娜", "娜打", "tennis", "2011"]
    assert tokenize(["Ａb", "aB"]).bucket.tolist() == [tokenize(["ab"]).bucket[0]] * 2


def test_long_texts_are_read_around_the_span(kb: KnowledgeBase) -> None:
    text = "网球" + "好" * 400 + "李娜" * 20_000 + "唱过青藏高原"
    _, _, columns = features(kb, [text], LinkStatistics())
    assert columns["words"][:9].max() == 0
    assert columns["words"][-3:].max() == 5


# === Facts ===


def test_added_entities_have_facts(kb: KnowledgeBase) -> None:
    more = kb.add([Entity("singer", "李娜", [], "网球"), Entity("new", "李娜", [], "冠军", ("Thing",))])
    fresh = EntityFacts.of(more)
    facts = entity_facts(more)
    rows = np.arange(len(more))
    for one, other in ((facts.words, fresh.words), (facts.values, fresh.values)):
        assert [part.tolist() for part in one.take(rows)] == [part.tolist() for part in other.take(rows)]
    np.testing.assert_array_equal(facts.plain, fresh.plain)
    np.testing.assert_array_equal(facts.name, fresh.name)


def test_facts_of_large_bases_are_written_once(
    kb: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(entity_facts_cache, "SMALL", 0)
    first = entity_facts(kb)
    entity_facts_cache._opened.clear()
    monkeypatch.setattr(EntityFacts, "of", None)
    again = entity_facts(kb)
    np.testing.assert_array_equal(again.words.values, first.words.values)
    np.testing.assert_array_equal(again.plain, first.plain)


# === Competition ===


@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=5), max_size=4))
def test_gaps_and_ranks(lists: list[list[int]]) -> None:
    span = np.repeat(np.arange(len(lists)), [len(one) for one in lists])
    gap, rank = gaps_and_ranks(span, np.array([value for one in lists for value in one], float))
    wanted_rank = [sum(other > value for other in one) for one in lists for value in one]
    assert rank.tolist() == wanted_rank
    for one, own in zip(lists, np.split(gap, np.cumsum([len(one) for one in lists])[:-1]), strict=False):
        top, *rest = sorted(one, reverse=True)
        ahead = top - rest[0] if rest else 0
        assert sorted(own.tolist(), reverse=True)[0] == ahead
        assert own[one.index(top)] == ahead
        assert all(lack == value - top for value, lack in zip(one, own.tolist(), strict=True) if value < top)


def test_ragged_lists() -> None:
    lists = Ragged.grouped(np.array([2, 0, 2, 2]), np.array([5, 7, 5, 3]), 3)
    values, owner = lists.take(np.array([2, 1, 0, 2]))
    assert values.tolist() == [3, 5, 7, 3, 5]
    assert owner.tolist() == [0, 0, 2, 3, 3]
