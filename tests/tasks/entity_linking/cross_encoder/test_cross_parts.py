"""What a cross-encoder reads, and what its loss compares."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import ops

from nlpx.config.training import TrainingConfig
from nlpx.encoders.encoder import Encoder
from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.bi_encoder.sampling import Sampler
from nlpx.tasks.entity_linking.cross_encoder.batches import PairBatches
from nlpx.tasks.entity_linking.cross_encoder.config import CrossEncoderConfig
from nlpx.tasks.entity_linking.cross_encoder.judge import BUCKETS, Judge
from nlpx.tasks.entity_linking.cross_encoder.network import CrossEncoder
from nlpx.tasks.entity_linking.cross_encoder.reader import MENTION, TOLD, PairReader
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.linker.proposals import DICTIONARY, from_places
from nlpx.tasks.entity_linking.linker.reading import likely
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from tests.encoders.harness import config_of
from tests.pretrained import tiny

TEXT, PLACE = "在new yorks 20", (1, 10)
ENTITIES = [Entity("1", "yorks", description="北京的银行"), Entity("2", "了")]
LIGHT = {"type": "dgcnn", "units": 4, "dilations": [1], "inputs": {"tokens": {"size": 4}}}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    return AnswerSpace(KnowledgeBase.build(ENTITIES, tmp_path_factory.mktemp("kb") / "kb"))


@pytest.fixture(scope="module")
def encoders(tmp_path_factory):
    folder = str(tiny.huggingface(tmp_path_factory.mktemp("checkpoint") / "tiny"))
    made = {
        "pretrained": {"type": "bert", "checkpoint": folder},
        "words": {"type": "bert", "checkpoint": folder, "inputs": {"unit": "word"}},
        "light": LIGHT,
        "light words": {**LIGHT, "inputs": {**LIGHT["inputs"], "unit": "word"}},
    }
    found = {name: Encoder(config_of(values)) for name, values in made.items()}
    for encoder in found.values():
        encoder.fit([TEXT, "yorks|北京的银行"])
    return found


def test_the_network_holds_the_checkpoint_it_was_given(encoders, answers):
    encoder = encoders["pretrained"]
    judge = Judge(CrossEncoderConfig(encoder=encoder.config), encoder, answers, 0, jit_compile=False)
    tiny.check_holds(judge.network, encoder.config.checkpoint)


@pytest.mark.parametrize("name", ["pretrained", "words", "light", "light words"])
def test_marks_are_where_the_mention_is(encoders, answers, name):
    encoder = encoders[name]
    found = PairReader(encoder, answers, 20).features(TEXT, PLACE, 0)
    about = "yorks|北京的银行"
    if encoder.config.joins:
        tokens = [TEXT[a:b] for a, b in encoder.pair_positions(TEXT, about)[0]]
        marked = [token for token, mark in zip(tokens, found["marks"], strict=True) if mark == MENTION]
        assert marked == ["new", "york", "s"]
        told = encoder.pair_positions(TEXT, about)[1]
        assert [a < b for a, b in told] == (found["marks"] == TOLD).tolist()
        units = [*(TEXT[a:b] for a, b in encoder.split(TEXT)), *(about[a:b] for a, b in encoder.split(about))]
    else:
        whole = TEXT + "\n" + about
        units = [whole[a:b] for a, b in encoder.split(whole)]
        assert (found["marks"][-3:] == TOLD).all()
    inside = [unit for unit, mention in zip(units, found["mention"], strict=True) if mention]
    assert "".join(inside).replace(" ", "") == "newyorks"


def test_only_likely_candidates_are_read():
    span = np.array([0, 0, 0, 2, 2, 5])
    scores = np.array([0.1, 0.3, 0.3, 0.005, 0.02, 0.001])
    assert likely(span, scores, 2, 0.01).tolist() == [False, True, True, False, True, False]
    assert likely(span, scores, 1, 0.0).tolist() == [False, True, False, False, True, True]
    assert len(likely(span[:0], scores[:0], 2, 0.01)) == 0


def test_the_loss_is_a_softmax_over_each_span_and_nil():
    network = CrossEncoder.__new__(CrossEncoder)
    logits = np.array([1.0, 2.0, -1.0, 0.5, 9.0], np.float32)
    x = {
        "lists": np.array([0, 1, 0, 1, -1], np.int32),
        "right": np.array([True, False, False, False, False]),
    }
    found = float(CrossEncoder.compute_loss(network, x=x, y_pred=ops.convert_to_tensor(logits)))
    first = np.log(np.exp([1.0, -1.0, 0.0]).sum()) - 1.0
    second = np.log(np.exp([2.0, 0.5, 0.0]).sum())
    assert found == pytest.approx((first + second) / 2, rel=1e-5)
    assert float(CrossEncoder.loss_weight(network, x)) == 2


TEXTS = ("在new yorks 20", "在的yorks", "yorks了" * 3)


@pytest.fixture(scope="module")
def judge(answers, encoders):
    options = CrossEncoderConfig(encoder=encoders["pretrained"].config, candidates=2, entity_length=20)
    return Judge(options, encoders["pretrained"], answers, 0, jit_compile=False)


@pytest.fixture(scope="module")
def lists(answers):
    places = [[(1, 10)], [(2, 7)], [(0, 5), (6, 11), (12, 17)]]
    spans = from_places(answers.kb, TEXTS, places, DICTIONARY)
    span, entity = np.repeat(np.arange(5), 2), np.tile([0, 1], 5)
    return Lists(TEXTS, spans, span, entity, (entity == 0) & (span != 1))


@pytest.fixture(scope="module")
def batches(judge, lists):
    bounds = np.array([0, 1, 2, 5])
    sampler = Sampler(bounds, lists.span, lists.right, seed=0, spans=2, candidates=2)
    pairs = judge.pairs(lists, np.arange(10))
    return PairBatches(pairs, lists.right, sampler, candidates=2, batch_size=3, buckets=2, seed=0)


def test_every_epoch_has_as_many_spans_each_with_its_candidates(batches):
    for epoch in range(4):
        seen = [batch for batch, _ in batches.epoch(epoch)]
        assert len(seen) == batches.steps == 2
        for batch in seen:
            real = batch["mask"].any(axis=1)
            assert (real == (batch["lists"] >= 0)).all()
            assert np.bincount(batch["lists"][real]).tolist() == [2] * (real.sum() // 2)
        assert sum(int((batch["lists"] >= 0).sum()) for batch in seen) == 8
        assert sum(int(batch["right"].sum()) for batch in seen) == 3


def test_an_epoch_goes_on_where_it_was_left(batches):
    whole = [batch for batch, _ in batches.epoch(1)]
    rest = [batch for batch, _ in batches.epoch(1, 1)]
    assert all((rest[0][name] == whole[1][name]).all() for name in rest[0])


def test_the_longest_pair_by_default_is_not_padded_to_twice_its_length(judge):
    options = CrossEncoderConfig(encoder=judge.reader._encoder.config)
    about = Entity("1", "名" * options.entity_length)
    space = SimpleNamespace(entity=lambda index: about)
    reader = PairReader(judge.reader._encoder, space, options.entity_length)
    assert BUCKETS[-2] < reader.size("一" * options.max_length, 0) <= BUCKETS[-1]


def test_padding_changes_nothing(judge, lists):
    pairs = judge.pairs(lists, np.arange(10))
    found = []
    for size, width in ((10, 40), (16, 64)):
        batch, order = pairs.batch(range(10), size, width)
        logits = np.zeros(10)
        logits[order] = ops.convert_to_numpy(judge.network(batch))[:10]
        found.append(logits)
    assert found[0] == pytest.approx(found[1], abs=1e-5)
    assert judge.logits(pairs) == pytest.approx(found[0], abs=1e-5)


def test_mixed_precision_says_nearly_the_same(answers, encoders, lists):
    encoder, before, found = encoders["pretrained"], keras.config.dtype_policy(), []
    for precision in ("float32", "mixed_bfloat16"):
        training = TrainingConfig(precision=precision)
        options = CrossEncoderConfig(encoder=encoder.config, entity_length=20, training=training)
        judge = Judge(options, encoder, answers, 0, jit_compile=False)
        found.append(judge.logits(judge.pairs(lists, np.arange(10))))
    keras.config.set_dtype_policy(before)
    assert found[1] == pytest.approx(found[0], abs=0.05 * float(np.abs(found[0]).max()))
