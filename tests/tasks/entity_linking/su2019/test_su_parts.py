"""What Su's networks see and say, without a network."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.encoders.encoder import Encoder
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.example import Candidate
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.pieces import cut_texts
from nlpx.tasks.entity_linking.su2019.answers import Judged, to_prediction
from nlpx.tasks.entity_linking.su2019.batches import descriptions
from nlpx.tasks.entity_linking.su2019.config import Su2019Config
from nlpx.tasks.entity_linking.su2019.entity_texts import EntityTexts, description
from nlpx.tasks.entity_linking.su2019.match_features import NAMES, match_features, place_flags
from nlpx.tasks.entity_linking.su2019.names import Names
from nlpx.tasks.entity_linking.su2019.pointers import pointed_places, without_overlaps
from nlpx.tasks.entity_linking.su2019.sampling import Choice, Sampler
from nlpx.tasks.entity_linking.su2019.training_data import linked_mentions
from tests.tasks.entity_linking.el_samples import text
from tests.tasks.entity_linking.kb_samples import ENTITIES


@pytest.fixture
def kb(tmp_path):
    return KnowledgeBase.build(ENTITIES, tmp_path / "kb")


@pytest.fixture
def entities(kb):
    encoder = Encoder(Su2019Config().encoder)
    encoder.fit([description(entity) for entity in ENTITIES])
    return EntityTexts(kb, encoder, 12)


def test_a_description_holds_names_text_and_attributes():
    assert description(ENTITIES[0]) == "名称:李娜、娜姐\n网球运动员\n国籍:中国\n职业:运动员"
    assert description(Entity("1", "")) == "名称:\n"


def test_a_description_is_cut_for_the_network_and_whole_for_the_match_features(entities):
    told = entities.of(0)
    assert {len(column) for column in told.features.values()} == {12}
    assert told.characters >= set("国籍运动员")
    assert told.objects == ("中国", "运动员")


def test_characters_are_told_what_they_share_with_an_entity(entities):
    marks = match_features("李娜在中国打网球", ["李娜", "在", "中国", "打", "网球"], (0, 2), entities.of(0))
    columns = dict(zip(NAMES, marks.T.astype(int).tolist(), strict=True))
    assert columns["mention"] == [1, 1, 0, 0, 0, 0, 0, 0]
    assert columns["characters"] == [1, 1, 0, 1, 1, 0, 1, 1]
    assert columns["words"][3:5] == [1, 1]
    assert columns["objects"] == [0, 0, 0, 1, 1, 0, 0, 0]


@pytest.mark.parametrize("value", ["", "一二三四五六七八九十一"])
def test_empty_and_long_values_are_not_looked_for(tmp_path, entities, value):
    kb = KnowledgeBase.build([Entity("1", "甲", attributes=[("乙", value)])], tmp_path / "other")
    assert EntityTexts(kb, entities._encoder, 12).of(0).objects == ()


def test_flags_mark_first_and_last_characters():
    assert place_flags(4, [(0, 1), (1, 4)]).T.tolist() == [[1, 1, 0, 0], [1, 0, 0, 1]]


def test_each_start_takes_the_nearest_end():
    ends = np.array([[0.9, 0.1], [0.1, 0.8], [0.9, 0.9], [0.9, 0.1]], np.float32)
    places = pointed_places(ends, 0.5)
    assert list(places) == [(0, 2), (2, 3)]
    assert places[0, 2] == pytest.approx(0.72)


@given(st.dictionaries(st.tuples(st.integers(0, 8), st.integers(1, 4)), st.floats(0, 1), max_size=8))
def test_of_overlapping_places_the_likeliest_stays(drawn):
    places = {(start, start + length): score for (start, length), score in drawn.items()}
    kept = without_overlaps(places.items())
    taken = [position for start, end in kept for position in range(start, end)]
    assert len(taken) == len(set(taken))
    for place in places.keys() - kept:
        rivals = [other for other in kept if other[0] < place[1] and place[0] < other[1]]
        assert max(places[other] for other in rivals) >= places[place]


@given(st.lists(st.text("ab李", max_size=100), max_size=4), st.integers(32, 50))
def test_every_start_belongs_to_one_window(texts, max_length):
    pieces = list(cut_texts(texts, max_length))
    for number, content in enumerate(texts):
        for start in range(len(content)):
            mine = [
                piece for piece in pieces if piece.number == number and piece.inside([(start, start + 1)])
            ]
            assert len(mine) == 1
            [(first, _)] = mine[0].inside([(start, start + 1)])
            assert mine[0].text[first] == content[start]


class TestNames:
    TRAIN = (text("李娜赢了", ("李娜", "1")), text("李娜又赢", ("李娜", "1")), *[text("很长")] * 4)

    def test_names_that_are_left_alone_are_pruned(self, kb):
        names = Names(kb, whole_words=True, limit=9, prune_ratio=5)
        assert names.matches(["长"]) == [[(0, 1)]]
        names.fit(self.TRAIN, seed=0)
        assert names.matches(["长", "李娜"]) == [[], [(0, 2)]]
        assert names.candidates("长") == []

    def test_a_training_text_has_no_say_in_what_it_is_looked_at_with(self, kb):
        alone, linking = [text(f"很长{n}") for n in range(8)], [text("长", ("长", "6"))] * 2
        names = Names(kb, whole_words=True, limit=9, prune_ratio=5)
        names.fit([*alone, *linking], seed=0)
        assert names.matches(["长"]) == [[(0, 1)]]
        others = names.apart("长")  # none of them links it
        assert others.matches(["长"]) == [[]]
        assert others.candidates("长") == []

    def test_repeated_texts_share_their_names(self, kb):
        names = Names(kb, whole_words=True, limit=9, prune_ratio=5)
        names.fit([text("李娜唱歌", ("李娜", "1"))], seed=0)
        assert names.apart("李娜唱歌") is names.apart(" 李娜唱歌")

    @pytest.mark.parametrize(("least", "expected"), [(2, [0]), (3, [0, 1, 2]), (None, [0, 1, 2])])
    def test_candidates_linked_often_enough_are_the_only_ones(self, kb, least, expected):
        names = Names(kb, whole_words=True, limit=9, min_links=least)
        names.fit(self.TRAIN, seed=0)
        assert sorted(names.chosen("李娜")) == expected
        assert sorted(names.candidates("李娜")) == [0, 1, 2]

    def test_candidates_are_limited_to_the_likeliest(self, kb):
        assert len(Names(kb, whole_words=True, limit=2).candidates("李娜")) == 2


class TestSampling:
    CHOICES = ([Choice((0, 1), {3}, [3, 4, 5]), Choice((2, 3), {6}, [6])], [], [Choice((0, 2), {}, [7, 8])])

    def test_an_epoch_is_drawn_from_its_number_alone(self):
        sampler = Sampler(self.CHOICES, 0, None)
        assert sampler.draw(3) == Sampler(self.CHOICES, 0, None).draw(3)
        assert len({tuple(sampler.draw(epoch)) for epoch in range(20)}) > 1

    def test_texts_without_a_mention_have_no_sample(self):
        assert Sampler(self.CHOICES, 0, None).draw(0)[1] is None

    @pytest.mark.parametrize(("positives", "share"), [(None, 1 / 3), (0.5, 0.5), (0.9, 0.9)])
    def test_the_share_of_right_ones(self, positives, share):
        sampler = Sampler([[self.CHOICES[0][0]]] * 2000, 0, positives)
        right = [sample.right for sample in sampler.draw(0)]
        assert np.mean(right) == pytest.approx(share, abs=0.05)

    @pytest.mark.parametrize(("positives", "share"), [(None, 2 / 3), (0.5, 0.5)])
    def test_where_a_mention_means_several_each_of_them_is_right(self, positives, share):
        sampler = Sampler([[Choice((0, 2), {7, 8}, [7, 8, 9])]] * 2000, 0, positives)
        drawn = sampler.draw(0)
        assert {sample.entity for sample in drawn if sample.right} == {7, 8}
        assert np.mean([sample.right for sample in drawn]) == pytest.approx(share, abs=0.05)

    def test_all_ids_of_a_place_are_read(self, kb):
        names = Names(kb, whole_words=True, limit=9)
        example = text("李娜赢了", ("李娜", "1"), ("李娜", "2"), ("李娜", "9"), ("赢", None))
        names.fit([example], seed=0)
        [piece] = cut_texts([example.text], 32)
        [choice] = linked_mentions(example, piece, names, kb)  # 9 is nobody
        assert choice.right == {kb.index_of("1"), kb.index_of("2")}
        assert sorted(choice.candidates) == [0, 1, 2]

    def test_what_is_no_candidate_is_never_right(self):
        sampler = Sampler(self.CHOICES, 0, 0.5)
        assert not any(sampler.draw(epoch)[2].right for epoch in range(20))


class TestAnswers:
    EXAMPLE = text("中国银行在北京", ("北京", "9"))

    def judged(self, place, pointed, *scores):
        return Judged(place, pointed, [Candidate(id, score) for id, score in scores])

    def test_likelier_places_win_and_others_say_why_they_lost(self):
        found = [
            self.judged((0, 2), 0.5, ("1", 0.9)),
            self.judged((0, 4), 0.6, ("2", 0.9)),
            self.judged((5, 7), 0.9, ("9", 0.05)),
            self.judged((4, 5), 0.9),
        ]
        prediction = to_prediction(self.EXAMPLE, found, 0.1, given=False)
        assert [(link.entity_id, link.reason) for link in prediction.links] == [
            ("1", "overlap"),
            ("2", ""),
            (None, "no candidate"),
            ("9", "below threshold"),
        ]

    def test_what_is_dropped_makes_room(self):
        found = [self.judged((0, 4), 0.9), self.judged((0, 2), 0.5, ("1", 0.9))]
        assert [link.end for link in to_prediction(self.EXAMPLE, found, 0.1, given=False).kept] == [2]

    def test_places_that_are_only_asked_about_are_no_answers(self):
        prediction = to_prediction(self.EXAMPLE, [self.judged((5, 7), None, ("9", 0.8))], 0.1, given=False)
        assert prediction.links == []
        assert prediction.on_gold[0].entity_id == "9"
        assert to_prediction(self.EXAMPLE, [], 0.1, given=False).on_gold[0].reason == "no candidate"

    def test_given_mentions_are_all_answered(self):
        found = [self.judged((5, 7), None, ("9", 0.01))]
        assert to_prediction(self.EXAMPLE, found, 0.1, given=True).kept[0].entity_id == "9"


def test_descriptions_may_have_more_tokens_than_characters_are_read():
    features = {"tokens": np.ones(4, int), "subwords": np.ones(6, int)}
    entities = SimpleNamespace(length=4, of=lambda index: SimpleNamespace(features=features))
    found = descriptions([7], [1], 2, entities)
    assert found["about.mask"].tolist() == [[False] * 4, [True] * 4]
    assert found["about.tokens"].shape == (2, 4)
    assert found["about.subwords"].sum(axis=1).tolist() == [0, 6]
