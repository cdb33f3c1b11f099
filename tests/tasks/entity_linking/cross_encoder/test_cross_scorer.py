"""A cross-encoder on a tiny task: who is meant is told by one word of the text."""

import numpy as np
import pytest

from nlpx.errors import RunError
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.cross_encoder.config import CrossEncoderConfig
from nlpx.tasks.entity_linking.cross_encoder.scorer import PairScorer
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.linker import proposals
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.training.progress import Progress

# The third word says that none of them is meant.
ENTITIES = [Entity("1", "大国", description="银行"), Entity("2", "大国", description="江海")]
TEXTS = [f"{a}大国{b}{word}" for a in "在看听去" for b in "的了" for word in ("银行", "江海", "时间")]
TRAINING = {
    "epochs": 12,
    "batch_size": 8,
    "buckets": 1,
    "learning_rate": 0.02,
    "patience": None,
    "jit_compile": False,
}


READER = {
    "type": "transformer",
    "units": 16,
    "layers": 1,
    "heads": 2,
    "feed_forward": 32,
    "dropout": 0,
    "inputs": {"tokens": {"size": 16}},
}
OPTIONS = CrossEncoderConfig(
    encoder=READER, candidates=2, entity_length=12, max_length=32, dropout=0, training=TRAINING
)


def lists(kb, texts, meant=None):
    """All candidates of all names; the right ones where it is known what texts mean."""
    spans = proposals.from_dictionary(kb, texts)
    rows = kb.candidate_rows(spans.name.astype(np.int64))
    span = np.repeat(np.arange(len(spans)), np.diff(rows.offsets))
    right = np.zeros(len(span), bool)
    if meant is not None:
        right = rows.indices == np.array(meant)[spans.text[span]]
    return Lists(texts, spans, span, rows.indices, right)


def score(scorer, some):
    return scorer.score(some, np.ones(len(some.entity), bool))


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    return KnowledgeBase.build(ENTITIES, tmp_path_factory.mktemp("kb") / "kb")


@pytest.fixture(scope="module")
def train(kb):
    return lists(kb, TEXTS, [0, 1, -1] * (len(TEXTS) // 3))


@pytest.fixture(scope="module")
def read(train):
    found = np.ones(len(train.entity), bool)
    found[0] = False
    return found


@pytest.fixture(scope="module")
def trained(kb, train, read, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fit")
    scorer = PairScorer(OPTIONS, AnswerSpace(kb))
    logits = scorer.fit(train, read, FitContext(folder / "fit", seed=0))
    scorer.save(folder / "model")
    return scorer, logits, folder / "model"


def test_it_tells_who_is_meant_in_texts_it_did_not_see(trained, kb, train, read):
    scorer, held_out, _ = trained
    assert len(held_out) == read.sum()
    right = train.right[read]
    assert np.mean(held_out[right][:, None] > held_out[~right]) > 0.75
    first, second = score(scorer, lists(kb, ["小大国看银行", "小大国看江海"])).reshape(2, 2)
    assert first[0] > first[1]
    assert second[0] < second[1]


def test_texts_alone_are_scored_as_in_a_batch(trained, kb):
    scorer, _, _ = trained
    texts = [*TEXTS[:3], "", "没有名字", "大国" * 30, "银行" * 40 + "大国" + "江" * 99, "👨‍👩‍👧大国"]
    together = score(scorer, lists(kb, texts))
    alone = [score(scorer, lists(kb, [one])) for one in texts]
    assert together == pytest.approx(np.concatenate(alone), abs=1e-4)
    assert np.isfinite(together).all()


def test_no_spans_give_no_logits(trained, kb):
    scorer, _, _ = trained
    assert len(score(scorer, lists(kb, []))) == len(score(scorer, lists(kb, ["无"]))) == 0


def test_each_occurrence_of_a_name_is_another_mention(trained, kb):
    scorer, _, _ = trained
    first, second = score(scorer, lists(kb, ["大国看银行江海大国"])).reshape(2, 2)
    assert np.abs(first - second).max() > 1e-3


def test_saved_scorers_score_the_same_and_damaged_ones_are_refused(trained, kb, train):
    scorer, _, folder = trained
    again = PairScorer(OPTIONS, AnswerSpace(kb))
    again.load(folder)
    assert (score(again, train) == score(scorer, train)).all()
    weights = folder / "weights.safetensors"
    data = weights.read_bytes()
    for content in (data[:-2], data[:-1] + bytes([data[-1] ^ 1])):
        weights.write_bytes(content)
        with pytest.raises(RunError, match=r"weights\.safetensors"):
            PairScorer(OPTIONS, AnswerSpace(kb)).load(folder)
    weights.write_bytes(data)
    (folder / "encoder" / "tokens.txt").write_text("x")
    with pytest.raises(RunError, match=r"tokens\.txt is damaged"):
        PairScorer(OPTIONS, AnswerSpace(kb)).load(folder)


class Stop(Progress):
    """Ends a training as Ctrl-C does."""

    def __init__(self, batches):
        self.left = batches

    def batch(self, texts, loss):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_a_training_that_was_stopped_goes_on_where_it_was(trained, kb, train, read, tmp_path):
    scorer, _, folder = trained
    again = PairScorer(OPTIONS, AnswerSpace(kb))
    again.encoder = scorer.encoder
    with pytest.raises(KeyboardInterrupt):
        again._train(train, read | train.right, FitContext(tmp_path / "fit", seed=0, progress=Stop(20)))
    again._train(train, read | train.right, FitContext(tmp_path / "fit", seed=0, resume=True))
    again.save(tmp_path / "model")
    wanted = (folder / "weights.safetensors").read_bytes()
    assert (tmp_path / "model" / "weights.safetensors").read_bytes() == wanted


def test_no_time_is_time_for_one_epoch(trained, kb, train, read, tmp_path):
    scorer = PairScorer(OPTIONS, AnswerSpace(kb))
    scorer.encoder = trained[0].encoder
    assert scorer._train(train, read, FitContext(tmp_path / "fit", seed=0, max_seconds=0)) == "time"
    assert np.isfinite(score(scorer, train)).all()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_scores_resumed_or_not(trained, kb, train, read, tmp_path):
    _, wanted, _ = trained
    with pytest.raises(KeyboardInterrupt):
        PairScorer(OPTIONS, AnswerSpace(kb)).fit(
            train, read, FitContext(tmp_path / "fit", seed=0, progress=Stop(30))
        )
    scorer = PairScorer(OPTIONS, AnswerSpace(kb))
    logits = scorer.fit(train, read, FitContext(tmp_path / "fit", seed=0, resume=True))
    assert (logits == wanted).all()
