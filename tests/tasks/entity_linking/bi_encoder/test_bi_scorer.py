"""A bi-encoder on a tiny task: who is meant is told by one word of the text."""

from types import SimpleNamespace

import numpy as np
import pytest

from nlpx.errors import RunError
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.bi_encoder.config import BiEncoderConfig
from nlpx.tasks.entity_linking.bi_encoder.lists import Lists
from nlpx.tasks.entity_linking.bi_encoder.scorer import CandidateScorer
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.linker import proposals
from nlpx.tasks.entity_linking.linker.terms.answer_space import AnswerSpace
from nlpx.training.progress import Progress

READER = {"type": "dgcnn", "units": 16, "dilations": [1], "dropout": 0.0, "block_dropout": 0.0}
OPTIONS = BiEncoderConfig(
    encoder={**READER, "inputs": {"tokens": {"size": 16}}},
    entity_encoder=READER,
    size=8,
    entity_length=16,
    max_length=32,
    training={
        "epochs": 15,
        "batch_size": 8,
        "buckets": 1,
        "learning_rate": 0.02,
        "patience": None,
        "jit_compile": False,
    },
)
ENTITIES = [Entity("1", "李娜", description="网球手"), Entity("2", "李娜", description="唱歌人")]
TEXTS = [f"{a}李娜{b}{word}" for a in "在看听去" for b in "的了又再" for word in ("网球", "唱歌")]


def lists(kb, texts, meant=None):
    """All candidates of all names; the right ones where it is known what texts mean."""
    spans = proposals.from_dictionary(kb, texts)
    rows = kb.candidate_rows(spans.name.astype(np.int64))
    span = np.repeat(np.arange(len(spans)), np.diff(rows.offsets))
    right = np.zeros(len(span), bool)
    if meant is not None:
        right = rows.indices == np.array(meant)[spans.text[span]]
    return Lists(texts, spans, span, rows.indices, right)


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    return KnowledgeBase.build(ENTITIES, tmp_path_factory.mktemp("kb") / "kb")


@pytest.fixture(scope="module")
def train(kb):
    return lists(kb, TEXTS, [0, 1] * (len(TEXTS) // 2))


@pytest.fixture(scope="module")
def trained(kb, train, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fit")
    scorer = CandidateScorer(OPTIONS, AnswerSpace(kb))
    logits = scorer.fit(train, FitContext(folder / "fit", seed=0))
    scorer.save(folder / "model")
    return scorer, logits, folder / "model"


def choices(lists, logits):
    """The entity with the best logit of each span."""
    return [
        int(lists.entity[lists.span == span][logits[lists.span == span].argmax()])
        for span in range(len(lists.spans))
    ]


def test_it_tells_who_is_meant_in_texts_it_did_not_see(trained, kb, train):
    scorer, held_out, _ = trained
    right = [int(train.entity[(train.span == span) & train.right][0]) for span in range(len(train.spans))]
    assert np.mean(np.array(choices(train, held_out)) == right) > 0.8
    new = lists(kb, ["她李娜打网球", "她李娜爱唱歌"])
    assert choices(new, scorer.score(new)) == [0, 1]


def test_texts_alone_are_scored_as_in_a_batch(trained, kb):
    scorer, _, _ = trained
    texts = [*TEXTS[:3], "", "没有名字", "李娜" * 30, "网球" * 40 + "李娜" + "路" * 99, "👨‍👩‍👧李娜"]
    together = lists(kb, texts)
    logits = scorer.score(together)
    alone = [scorer.score(lists(kb, [one])) for one in texts]
    assert logits == pytest.approx(np.concatenate(alone), abs=1e-4)
    assert np.isfinite(logits).all()


def test_no_spans_give_no_logits(trained, kb):
    scorer, _, _ = trained
    assert len(scorer.score(lists(kb, []))) == len(scorer.score(lists(kb, ["无"]))) == 0


def test_saved_scorers_score_the_same(trained, kb, train):
    scorer, _, folder = trained
    again = CandidateScorer(OPTIONS, AnswerSpace(kb))
    again.load(folder)
    assert (again.score(train) == scorer.score(train)).all()


def test_a_damaged_scorer_is_refused(trained, kb, tmp_path):
    scorer, _, _ = trained
    scorer.save(tmp_path)
    (tmp_path / "entities.npy").unlink()
    with pytest.raises(RunError, match=r"entities\.npy"):
        CandidateScorer(OPTIONS, AnswerSpace(kb)).load(tmp_path)
    scorer.save(tmp_path)
    np.save(tmp_path / "entities.npy", np.zeros((len(kb), 8), np.float16))
    with pytest.raises(RunError, match=r"entities\.npy was truncated or altered"):
        CandidateScorer(OPTIONS, AnswerSpace(kb)).load(tmp_path)


def test_a_changed_entity_is_read_again(trained, tmp_path):
    _, _, folder = trained
    kb = KnowledgeBase.build(ENTITIES, tmp_path / "kb")
    before = CandidateScorer(OPTIONS, AnswerSpace(kb))
    before.load(folder)
    kb = kb.add([Entity("2", "李娜", description="网球手"), Entity("3", "王明", description="网球手")])
    after = CandidateScorer(OPTIONS, AnswerSpace(kb))
    after.load(folder)
    old, new = before.score(lists(kb, TEXTS[:1])), after.score(lists(kb, TEXTS[:1]))
    assert old[0] == new[0]
    assert new[1] == pytest.approx(new[0], abs=0.02)  # the same is told of both now, in half precision
    assert old[1] != new[1]
    assert np.isfinite(after.score(lists(kb, ["王明打网球"]))).all()


class Stop(Progress):
    """Ends a training as Ctrl-C does."""

    def __init__(self, batches):
        self.left = batches

    def batch(self, texts, loss):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_the_same_seed_gives_the_same_scores_resumed_or_not(trained, kb, train, tmp_path):
    _, wanted, folder = trained
    with pytest.raises(KeyboardInterrupt):
        CandidateScorer(OPTIONS, AnswerSpace(kb)).fit(
            train, FitContext(tmp_path / "fit", seed=0, progress=Stop(35))
        )
    scorer = CandidateScorer(OPTIONS, AnswerSpace(kb))
    logits = scorer.fit(train, FitContext(tmp_path / "fit", seed=0, resume=True))
    scorer.save(tmp_path / "model")
    assert (logits == wanted).all()
    for name in ("weights.safetensors", "entities.npy"):
        assert (tmp_path / "model" / name).read_bytes() == (folder / name).read_bytes()


def test_padding_changes_nothing(trained):
    scorer, _, _ = trained
    network, encoder = scorer._judge.network, scorer.encoder
    features = encoder.featurize(TEXTS[0])
    for extra, spans in ((0, 1), (5, 3)):
        x = {name: np.pad(column, (0, extra))[None] for name, column in features.items()}
        x["mask"] = np.arange(len(TEXTS[0]) + extra)[None] < len(TEXTS[0])
        x["spans"] = np.array([[[1, 3], *[[0, 0]] * (spans - 1)]], np.int32)
        vectors, nil = network.read_mentions(x)
        found = np.append(np.array(vectors)[0, 0], np.array(nil)[0, 0])
        plain = found if not extra else plain  # noqa: F821 - of the first round
        assert found == pytest.approx(plain, abs=1e-5)


def test_parts_of_a_batch_count_by_their_spans():
    from nlpx.tasks.entity_linking.bi_encoder.network import BiEncoder

    draw, plain = np.random.default_rng(0), SimpleNamespace(contrast=0.0)
    logits, nil = draw.normal(size=(3, 2, 4)).astype("float32"), np.zeros((3, 2), "float32")
    x = {
        "judged": np.array([[True, True], [True, False], [False, False]]),
        "candidate": np.ones((3, 2, 4), bool),
        "right": np.eye(4, dtype=bool)[[[0, 1], [2, 3], [0, 0]]],
    }

    def loss_and_weight(rows):
        part = {name: array[rows] for name, array in x.items()}
        loss = BiEncoder.compute_loss(plain, x=part, y_pred={"logits": logits[rows], "nil": nil[rows]})
        return float(loss), float(BiEncoder.loss_weight(plain, part))

    losses, weights = zip(loss_and_weight([0]), loss_and_weight([1, 2]), strict=True)
    mean = np.average(losses, weights=weights)
    assert loss_and_weight([0, 1, 2]) == pytest.approx((mean, 3.0), rel=1e-5)


def test_entities_may_have_more_tokens_than_characters_are_read(kb):
    from nlpx.tasks.entity_linking.bi_encoder.entity_features import EntityFeatures

    def featurize(text):
        return {"tokens": np.ones(len(text), int), "subwords": np.ones(len(text) + 2, int)}

    found = EntityFeatures(AnswerSpace(kb), SimpleNamespace(featurize=featurize), 4).batch([0, 1], 3)
    assert found["about.mask"].sum(axis=1).tolist() == [4, 4, 0]
    assert found["about.tokens"].shape == (3, 4)
    assert found["about.subwords"].sum(axis=1).tolist() == [6, 6, 0]
