"""What a bi-encoder reads, draws and remembers, without a network."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.errors import RunError
from nlpx.tasks.entity_linking.bi_encoder.config import BiEncoderConfig
from nlpx.tasks.entity_linking.bi_encoder.entity_text import LONG, entity_text
from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.bi_encoder.own_texts import own_texts
from nlpx.tasks.entity_linking.bi_encoder.sampling import Sampler
from nlpx.tasks.entity_linking.bi_encoder.score_features import score_features
from nlpx.tasks.entity_linking.bi_encoder.span_rows import SpanRows
from nlpx.tasks.entity_linking.bi_encoder.vectors import EntityVectors
from nlpx.tasks.entity_linking.cross_encoder.config import CrossEncoderConfig
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.knowledge_base.storage import sha256
from nlpx.tasks.entity_linking.linker.proposals import Spans
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.tasks.entity_linking.su2019.config import BaselineConfig, Su2019Config


def spans_of(*rows):
    """Spans (text, start, end)."""
    columns = np.array(rows, np.int32).reshape(-1, 3).T
    return Spans(*columns, np.zeros(len(rows), np.int32), np.ones(len(rows), np.uint8))


class TestEntityText:
    ENTITY = Entity(
        "1",
        "苹果",
        ["Apple", "苹果"],
        "一家公司",
        ("Brand", "Thing"),
        [("总部", "加州"), ("标签", "公司"), ("义项描述", "科技公司"), ("标签", "企业")],
    )

    def test_what_tells_most_comes_first(self):
        assert (
            entity_text(self.ENTITY, 99) == "brand、thing|苹果|apple|科技公司|公司、企业|一家公司|总部:加州"
        )

    def test_the_end_is_cut_off(self):
        whole = entity_text(self.ENTITY, 99)
        assert entity_text(self.ENTITY, 9) == whole[:9]

    def test_long_values_give_up_characters_before_others_are_lost(self):
        entity = Entity("1", "甲", attributes=[("摘要", "字" * 200), ("地点", "北京")])
        told = entity_text(entity, 64)
        assert told.endswith("地点:北京")
        assert told.count("字") >= LONG - 3

    def test_an_entity_of_which_nothing_is_told(self):
        assert entity_text(Entity("1", ""), 64) == ""


@given(
    st.lists(st.text("ab", min_size=1, max_size=90), min_size=1, max_size=4),
    st.integers(32, 40),
    st.randoms(),
)
def test_every_span_is_read_once_in_its_window(texts, max_length, random):
    starts = [(t, s) for t, content in enumerate(texts) for s in range(0, len(content), 7)]
    wanted = [(t, s, min(len(texts[t]), s + random.randint(1, 3))) for t, s in starts]
    rows = SpanRows.of(texts, spans_of(*wanted), max_length).with_spans()
    assert (np.diff(rows.piece) >= 0).all()
    seen = []
    for first in range(0, len(rows.pieces), 2):
        pieces = np.arange(first, min(first + 2, len(rows.pieces)))
        for table in rows.tables(pieces, 2, (2, 4)):
            seen += table[table >= 0].tolist()
    assert sorted(seen) == list(range(len(wanted)))
    for (text, start, end), piece, at, stop in zip(wanted, rows.piece, rows.start, rows.end, strict=True):
        window = rows.pieces[piece]
        assert window.number == text
        assert window.text[at:stop] == texts[text][start:end][: stop - at]


class TestSampler:
    BOUNDS = np.array([0, 3, 3, 5])
    SPAN = np.array([0, 0, 0, 1, 1, 3, 4])
    RIGHT = np.array([0, 0, 1, 0, 0, 0, 0], bool)

    def sampler(self, spans=9, candidates=9):
        return Sampler(self.BOUNDS, self.SPAN, self.RIGHT, seed=0, spans=spans, candidates=candidates)

    def test_all_there_is_where_there_is_room(self):
        drawn = [[(span, rows.tolist()) for span, rows in text] for text in self.sampler().draw(0)]
        assert drawn == [[(0, [0, 1, 2]), (1, [3, 4])], [], [(3, [5]), (4, [6])]]

    def test_linked_spans_and_right_candidates_come_first(self):
        for epoch in range(9):
            [[(span, rows)], nothing, other] = self.sampler(1, 2).draw(epoch)
            assert (span, nothing, len(other)) == (0, [], 1)
            assert 2 in rows

    def test_an_epoch_is_drawn_from_its_number_alone(self):
        others = [self.sampler(1, 2).draw(epoch)[2][0][0] for epoch in range(9)]
        assert others == [self.sampler(1, 2).draw(epoch)[2][0][0] for epoch in range(9)]
        assert set(others) == {3, 4}


def test_lists_of_some_texts_keep_their_rows():
    lists = Lists(
        ["a", "b", "c"],
        spans_of((0, 0, 1), (1, 0, 1), (2, 0, 1)),
        np.array([0, 0, 1, 2]),
        np.array([5, 6, 7, 8]),
        np.array([True, False, False, True]),
    )
    some = lists.of_texts(np.array([True, False, True]))
    assert some.texts == ["a", "c"]
    assert some.spans.text.tolist() == [0, 1]
    assert some.span.tolist() == [0, 0, 1]
    assert some.entity.tolist() == [5, 6, 8]


@given(st.lists(st.lists(st.floats(-50, 50, width=32), min_size=1, max_size=4), max_size=5))
def test_shares_are_a_softmax_of_each_span(logits):
    span = np.repeat(np.arange(len(logits)) * 2, [len(mine) for mine in logits])
    flat = np.array([value for mine in logits for value in mine], np.float32)
    features = score_features(span, flat, nil=True)
    assert features.shape == (len(flat), 2)
    assert features[:, 1].tolist() == flat.tolist()
    for index, mine in enumerate(logits):
        expected = np.exp(mine - np.max(mine)) / np.exp(mine - np.max(mine)).sum()
        assert features[span == index * 2, 0] == pytest.approx(expected, abs=1e-5)


class TestVectors:
    def make(self, count=4):
        self.asked = []

        def read(indices):
            self.asked += indices
            return np.array([[index, -index] for index in indices], np.float32)

        return EntityVectors(count, 2, read)

    def test_each_entity_is_read_once(self):
        vectors = self.make()
        assert vectors.of(np.array([2, 0, 2])).tolist() == [[2, -2], [0, 0], [2, -2]]
        vectors.of(np.array([2, 3]))
        assert self.asked == [0, 2, 3]

    def test_what_was_saved_is_not_read_again_unless_it_changed(self, tmp_path):
        checksum = self.make(3).save(tmp_path / "vectors.npy", 3)
        vectors = self.make(5)
        vectors.use(tmp_path / "vectors.npy", [1, 3, 4], checksum)
        assert vectors.of(np.arange(5))[:, 0].tolist() == [0, 1, 2, 3, 4]
        assert self.asked == [1, 3, 4]

    def test_what_was_saved_stays_on_disk(self, tmp_path):
        checksum = self.make().save(tmp_path / "vectors.npy", 4)
        vectors = self.make()
        vectors.use(tmp_path / "vectors.npy", [], checksum)
        assert isinstance(vectors._vectors, np.memmap)
        assert vectors.of(np.array([3])).tolist() == [[3, -3]]

    @pytest.mark.parametrize("content", [None, b"", b"nothing"])
    def test_a_damaged_file_is_refused(self, tmp_path, content):
        path = tmp_path / "vectors.npy"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(RunError, match="vectors"):
            self.make().use(path, [], "" if content is None else sha256(path))

    @pytest.mark.parametrize("change", [lambda whole: whole[:-2], lambda whole: whole[:-1] + b"?"])
    def test_a_truncated_or_altered_file_is_refused(self, tmp_path, change):
        path = tmp_path / "vectors.npy"
        checksum = self.make().save(path, 4)
        path.write_bytes(change(path.read_bytes()))
        with pytest.raises(RunError, match=r"vectors\.npy was truncated or altered"):
            self.make().use(path, [], checksum)

    def test_vectors_of_another_network_are_refused(self, tmp_path):
        path = tmp_path / "vectors.npy"
        np.save(path, np.zeros((4, 3), np.float16))
        with pytest.raises(RunError, match="size 2"):
            self.make().use(path, [], sha256(path))


def test_the_inputs_of_the_entity_encoder_are_refused():
    with pytest.raises(ValueError, match="has the inputs of encoder"):
        BiEncoderConfig(entity_encoder={"type": "dgcnn", "inputs": {"tokens": {"size": 7}}})
    assert BiEncoderConfig.model_validate(BiEncoderConfig().model_dump()) == BiEncoderConfig()


@pytest.mark.parametrize("section", [{"r_drop": 1.0}, {"adversarial": {"method": "vat"}}])
@pytest.mark.parametrize(
    ("config", "more"),
    [
        (BiEncoderConfig, {}),
        (CrossEncoderConfig, {"encoder": {"type": "dgcnn"}}),
        (BaselineConfig, {}),
        (Su2019Config, {}),
    ],
)
def test_what_compares_two_passes_is_refused_before_any_training(config, more, section):
    assert config(**more, training={"flooding": 0.1}).training.flooding == 0.1
    with pytest.raises(ValueError, match="compares what two passes predict"):
        config(**more, training=section)


class TestOwnTexts:
    ENTITIES = (
        Entity("1", "李娜", [], "网球运动员", (), [("国籍", "中国"), ("称号", "李娜第一")]),
        Entity("2", "李娜", [], "歌手"),
        Entity("3", "王明"),
    )

    @pytest.fixture
    def answers(self, tmp_path):
        return AnswerSpace(KnowledgeBase.build(self.ENTITIES, tmp_path / "kb"))

    def test_a_name_stands_beside_what_is_told(self, answers):
        for seed in range(9):
            lists = own_texts(answers, np.arange(3), 9, seed, 6)
            assert len(lists.texts) == 2  # nothing is told of the third
            for span, text in enumerate(lists.texts):
                assert text[lists.spans.start[span] : lists.spans.end[span]] == "李娜"
                entity = int(lists.entity[(lists.span == span) & lists.right][0])
                assert set(text) - set("李娜") <= set(("网球运动员中国", "歌手")[entity])
                assert sorted(lists.entity[lists.span == span]) == [0, 1]

    def test_the_same_seed_gives_the_same_texts_and_no_more_than_asked_for(self, answers):
        assert (
            own_texts(answers, np.arange(3), 9, 1, 6).texts == own_texts(answers, np.arange(3), 9, 1, 6).texts
        )
        assert len(own_texts(answers, np.arange(2), 1, 0, 6).texts) == 1
        assert own_texts(answers, np.arange(2), 0, 0, 6).texts == []

    def test_they_come_after_other_lists(self, answers):
        own = own_texts(answers, np.arange(2), 2, 0, 6)
        both = own.and_(own)
        assert both.texts == [*own.texts, *own.texts]
        assert both.spans.text.tolist() == [0, 1, 2, 3]
        assert both.span.tolist() == [*own.span, *(own.span + 2)]
        assert both.of_texts(np.array([False, False, True, True])).texts == own.texts
