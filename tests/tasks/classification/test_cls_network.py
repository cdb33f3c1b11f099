"""The network: what it is made of, on tiny texts."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from pydantic import ValidationError

from nlpx.task import FitContext
from nlpx.tasks.classification.classifier import NetworkPredictor
from nlpx.tasks.classification.config import ClassificationConfig
from nlpx.tasks.classification.config_head import LossConfig
from nlpx.tasks.classification.example import Example
from tests.pretrained import tiny
from tests.tasks.classification.cls_samples import rows

EXAMPLES = [Example(row["id"], row["text"], (row["label"],)) for row in rows()]
PAIRS = [Example(one.id, one.text, one.labels, pair="房间") for one in EXAMPLES]
ENCODER = {"type": "lstm", "units": 4, "dropout": 0, "inputs": {"tokens": {"size": 4}}}


def make(examples=EXAMPLES, encoder=ENCODER, **sections):
    values = {"data": {"train": "train.jsonl"}, "encoder": encoder, **sections}
    predictor = NetworkPredictor(ClassificationConfig.model_validate(values))
    predictor.learn_inventories(examples)
    predictor.build(0, predictor.labels.encode(examples))
    return predictor


def loss(predictor, examples=EXAMPLES):
    network = predictor.network
    total = 0.0
    for batch, rows_ in predictor.batches(examples, 0).epoch(0):
        out = network(batch, training=True)
        total += float(network.compute_loss(x=batch, y_pred=out)) * len(rows_)
    return total / len(examples)


@pytest.mark.parametrize(
    "head",
    [
        {"pooling": "last"},
        {"pooling": ["mean", "max", "attention"], "hidden": 3, "dropout": 0.2},
        {"pooling": "max", "bottleneck": 3},
    ],
)
@pytest.mark.parametrize("kind", ["lstm", "bigru"])
@pytest.mark.parametrize("examples", [EXAMPLES, PAIRS], ids=["single", "pair"])
def test_every_head_scores_every_class(head, kind, examples):
    predictor = make(examples, {**ENCODER, "type": kind}, head=head)
    assert predictor.logits(examples).shape == (len(examples), 2)
    assert np.isfinite(loss(predictor, examples))


@pytest.mark.parametrize(("pooling", "summary"), [("cls", "only"), (["cls", "mean"], "too"), ("mean", "no")])
def test_an_encoder_gives_the_summary_that_the_head_wants(pooling, summary, tmp_path):
    encoder = {"type": "bert", "checkpoint": str(tiny.huggingface(tmp_path))}
    predictor = make(encoder=encoder, head={"pooling": pooling})
    assert predictor.network.encoder.summary == summary
    tiny.check_holds(predictor.network, tmp_path)
    assert predictor.logits(EXAMPLES).shape == (len(EXAMPLES), 2)


def test_the_second_text_of_a_pair_matters():
    predictor = make(PAIRS)
    other = [Example(one.id, one.text, one.labels, pair="电池很差") for one in PAIRS]
    assert not np.allclose(predictor.logits(PAIRS), predictor.logits(other))


@pytest.mark.parametrize("settings", [{"smoothing": 0.1}, {"focus": 2}, {"class_weights": "balanced"}])
def test_losses_differ_from_the_plain_one(settings):
    unbalanced = EXAMPLES[: len(EXAMPLES) * 2 // 3 + 1]
    plain, other = (
        loss(make(unbalanced, head={"dropout": 0}), unbalanced),
        loss(make(unbalanced, head={"dropout": 0}, loss=settings), unbalanced),
    )
    assert other != pytest.approx(plain, rel=1e-6)


def test_last_takes_the_ends_of_both_directions():
    predictor = make(encoder={**ENCODER, "type": "bilstm"}, head={"pooling": "last"})
    [(batch, _)] = predictor.batches(EXAMPLES[:1], 0).epoch(0)
    vectors = ops.convert_to_numpy(predictor.network.encoder(batch))[0]
    pooled = ops.convert_to_numpy(predictor.network.pool(batch))[0]
    end = len(EXAMPLES[0].text) - 1
    np.testing.assert_allclose(pooled, [*vectors[end, :4], *vectors[0, 4:]], rtol=1e-5)


@pytest.mark.parametrize("long", ["head_tail", "windows"])
def test_long_texts_are_seen_to_their_end(long):
    predictor = make(lengths={"max_length": 8, "overlap": 2, "long": long})
    text = "房间很好。" * 10
    changed = predictor.logits([Example("0", text), Example("1", text[:-2] + "差。"), Example("2", text[:3])])
    assert not np.allclose(changed[0], changed[1])


def test_a_text_has_the_same_scores_whatever_stands_beside_it():
    predictor = make()
    texts = [
        Example(str(i), text) for i, text in enumerate(["", " ", "房间", "a\x00\ud800👨‍👩‍👧", "好" * 300])
    ]
    together = predictor.logits(texts)
    alone = np.concatenate([predictor.logits([one]) for one in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert predictor.predict([]) == []


def test_several_labels_are_those_above_zero(tmp_path):
    examples = [Example(str(i), text, labels) for i, (text, labels) in enumerate(
        [("甲", ("a",)), ("乙", ("b",)), ("甲乙", ("a", "b")), ("丙", ())] * 8)]  # fmt: skip
    training = {"epochs": 30, "batch_size": 8, "learning_rate": 0.05, "jit_compile": False}
    predictor = make(examples, labels="several", training=training, head={"dropout": 0})
    predictor.fit(examples, examples, FitContext(tmp_path, seed=0))
    assert [one.labels for one in predictor.predict(examples[:4])] == [("a",), ("b",), ("a", "b"), ()]


def test_flooding_is_a_key_of_training_now():
    assert LossConfig.model_validate({"flooding": 0.0, "focus": 2.0}) == LossConfig(focus=2.0)
    with pytest.raises(ValidationError, match=r"wanted training\.flooding"):
        LossConfig.model_validate({"flooding": 0.1})
