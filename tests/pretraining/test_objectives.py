"""What is read and what is asked."""

from __future__ import annotations

import numpy as np
import pytest

from nlpx.encoders.pretrained.wordpiece import Wordpiece
from nlpx.errors import DataError
from nlpx.pretraining.config import ObjectiveConfig
from nlpx.pretraining.objectives import Objective
from nlpx.pretraining.vocabulary import SPECIAL

TOKENIZER = Wordpiece([*SPECIAL, *"的一是了我不人在他有"])
PAD, UNK, CLS, SEP, MASK = range(5)
ROW = [CLS, 5, 6, UNK, 8, 9, SEP, 11, 12, SEP, PAD, PAD]


def batch(kind, rows=1, seed=0):
    ids = np.array([ROW] * rows, np.int32)
    begins = np.ones(ids.shape, bool)
    objective = Objective(ObjectiveConfig(type=kind, length=12), TOKENIZER)
    made = objective.batch(ids, begins, np.random.default_rng(seed))
    assert (
        made["targets"].shape == made["weights"].shape == made["positions"].shape == (rows, objective.asked)
    )
    return made


def asked(made, row=0):
    """Position and target of all that counts."""
    counted = made["weights"][row] > 0
    pairs = zip(made["positions"][row][counted], made["targets"][row][counted], strict=True)
    return [(int(position), int(target)) for position, target in pairs]


def test_mlm_asks_where_a_word_was_hidden():
    made = batch("mlm", rows=50)
    for row in range(50):
        assert asked(made, row)
        assert all(ROW[position] == target >= 5 for position, target in asked(made, row))
    assert (made["mask"] == (np.array(ROW) != PAD)).all()


def test_lm_asks_for_the_next_token():
    assert asked(batch("lm")) == [(0, 5), (1, 6), (3, 8), (4, 9), (5, SEP), (6, 11), (7, 12), (8, SEP)]


def test_unilm_asks_for_the_second_part_only():
    made = batch("unilm", rows=30)
    cuts = set()
    for ids, segments, row in zip(made["ids"], made["segments"], range(30), strict=True):
        cut = int(np.argmax(segments))
        cuts.add(cut)
        assert ids[cut - 1] == SEP
        assert ids[: cut - 1].tolist() == ROW[: cut - 1]
        assert ids[cut:].tolist() == ROW[cut - 1 : -1]
        assert segments.tolist() == [int(cut <= place < 11) for place in range(12)]
        assert all(position >= cut - 1 for position, _ in asked(made, row))
    assert len(cuts) > 3


def test_blocks_want_padding():
    with pytest.raises(DataError, match=r"no \[PAD\]"):
        Objective(ObjectiveConfig(type="lm"), Wordpiece(["我", "[UNK]", "[CLS]", "[SEP]"]))


def test_the_second_part_is_never_a_mere_end():
    row = [CLS, 5, 6, 8, SEP, PAD]
    objective = Objective(ObjectiveConfig(type="unilm", length=8), TOKENIZER)
    for seed in range(20):
        ids = np.array([row], np.int32)
        made = objective.batch(ids, np.ones(ids.shape, bool), np.random.default_rng(seed))
        assert any(target >= 5 for _, target in asked(made))


def test_mlm_wants_a_mask_token():
    with pytest.raises(DataError, match=r"no \[MASK\]"):
        Objective(ObjectiveConfig(), Wordpiece(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "我"]))
    with pytest.raises(DataError, match="special tokens only"):
        Objective(ObjectiveConfig(), Wordpiece(list(SPECIAL)))
