"""From states back to tokens."""

from __future__ import annotations

import numpy as np
import pytest

from nlpx.layers.bert import Bert
from nlpx.layers.bert.token_head import TokenModel

TOKENS, LENGTH = 20, 9


@pytest.fixture
def model():
    bert = Bert(
        TOKENS, 8, 1, 2, 12, dropout=0.0, attention_dropout=0.0, positions=LENGTH, pooler=False, name="bert"
    )
    made = TokenModel(bert, attention="bidirectional", name="model")
    made.build()
    return made


def batch(rows=3, seed=0):
    random = np.random.default_rng(seed)
    ids = random.integers(5, TOKENS, (rows, LENGTH)).astype(np.int32)
    positions = np.tile(np.array([1, 4, 6], np.int32), (rows, 1))
    weights = np.array([[1, 1, 0]] * rows, np.float32)
    segments = np.tile((np.arange(LENGTH) > 4).astype(np.int32), (rows, 1))
    targets = np.take_along_axis(ids, positions, 1)
    names = {"positions": positions, "targets": targets, "weights": weights, "segments": segments}
    return {"ids": ids, "mask": np.ones(ids.shape, bool), **names}


def test_the_loss_is_the_mean_over_what_counts(model):
    given = batch()
    logits = np.array(model.logits(given), np.float64)
    chances = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    right = np.take_along_axis(chances, given["targets"][..., None], -1)[..., 0]
    loss = float(model.compute_loss(x=given, y_pred=model(given)))
    assert loss == pytest.approx(-np.log(right[:, :2]).mean(), rel=1e-5)
    assert float(model.loss_weight(given)) == 6


def test_what_does_not_count_changes_nothing(model):
    given, other = batch(), batch()
    other["targets"] = other["targets"].copy()
    other["targets"][:, 2] = 7
    assert np.array_equal(model(given), model(other))


def test_the_table_of_tokens_is_shared(model):
    shapes = [tuple(variable.shape) for variable in model.trainable_variables]
    assert shapes.count((TOKENS, 8)) == 1
    before = np.array(model.logits(batch()))
    model.bert.embeddings.token_table.assign(model.bert.embeddings.token_table * 2)
    assert not np.allclose(before, model.logits(batch()))


@pytest.mark.parametrize(("attention", "seen"), [("causal", 4), ("unilm", 4), ("bidirectional", LENGTH)])
def test_no_objective_looks_ahead_of_what_it_may_see(model, attention, seen):
    model.attention = attention
    given, other = batch(), batch()
    other["ids"] = other["ids"].copy()
    other["ids"][:, 8] = (other["ids"][:, 8] + 1) % TOKENS
    ahead = not np.allclose(model.logits(given)[:, :2], model.logits(other)[:, :2])
    assert ahead == (seen > 8)
