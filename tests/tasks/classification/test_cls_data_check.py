"""What is odd in labelled texts, and how long ones are cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.encoders.inputs.config import InputsConfig
from nlpx.tasks.classification.classifier import class_weights
from nlpx.tasks.classification.config_head import LengthsConfig
from nlpx.tasks.classification.data_check import check_splits, unseen
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.long_texts import count_cut
from nlpx.tasks.classification.pieces import cut


def texts(*pairs: tuple[str, str]) -> list[Example]:
    return [Example(str(i), text, (label,), source=f"f:{i + 1}") for i, (text, label) in enumerate(pairs)]


def test_every_oddity_is_found():
    train = texts(*[(f"文{i}", "a") for i in range(12)], ("甲", "b"), ("甲 ", "a"), ("", "a"))
    dev = texts(("甲", "a"), ("新", "c"))
    found = {what: fact for what, fact, verdict in check_splits({"train": train, "dev": dev, "test": []})
             if verdict == "odd"}  # fmt: skip
    assert found == {
        "train: empty texts": "1, the first at f:15",
        "train: rare labels": "b: fewer than 10 texts each",
        "dev: unknown labels": "c, of 1 texts; train has none",
        "dev: missing labels": "b, which train has",
        "train: repeated texts": "1 occur earlier in it",
        "dev: texts of train": "1 of 2; see data.repeated",
        "train: contradictions": "1 texts occur with different labels",
    }


def test_nothing_is_said_about_clean_data():
    train = texts(*[(f"文{i}", "ab"[i % 2]) for i in range(20)])
    assert check_splits({"train": train, "dev": texts(("新", "a"), ("旧", "b")), "test": []}) == []


def test_repeated_texts_are_dropped_from_train():
    assert [one.text for one in unseen(texts(("甲", "a"), ("乙", "a")), texts(("甲", "b")))] == ["乙"]


@given(
    st.integers(0, 60),
    st.sampled_from(["head_tail", "windows"]),
    st.floats(0, 1),
    st.booleans(),
)
def test_pieces_hold_what_they_say(length, long, head, words):
    text = "".join(chr(0x4E00 + i) for i in range(length))
    offsets = [(i, min(i + 2, length)) for i in range(0, length, 2)] if words else None
    lengths = LengthsConfig(max_length=8, long=long, head=head, overlap=2)
    units = [(i, i + 1) for i in range(length)] if offsets is None else offsets
    pieces = cut(text, offsets, lengths)
    seen = {place for piece in pieces for place in piece.places}
    assert seen == set(units) if long == "windows" else len(seen) == min(len(units), 8)
    for piece in pieces:
        inside = [(i, i + 1) for i in range(len(piece.text))] if piece.offsets is None else piece.offsets
        assert [piece.text[s:e] for s, e in inside] == [text[s:e] for s, e in piece.places]
        assert piece.length <= 8


def test_head_and_tail_are_kept():
    [piece] = cut("0123456789", None, LengthsConfig(max_length=8, head=0.25))
    assert piece.text == "01456789"


@pytest.mark.parametrize(("unit", "cut"), [("char", {"texts": 1, "units": 3}), ("word", None)])
def test_what_is_cut_is_counted(unit, cut):
    inputs = InputsConfig(unit=unit, splitter="whitespace")
    examples = [Example("0", "a b c d e f"), Example("1", "x")]
    found = count_cut(examples, inputs, LengthsConfig(max_length=8))
    assert found == ({"cut": cut} if cut else {})


def test_class_weights_lift_rare_classes():
    targets = np.eye(2, dtype=np.float32)[[0, 0, 0, 1]]
    assert class_weights(targets, "none") is None
    balanced, root = class_weights(targets, "balanced"), class_weights(targets, "sqrt")
    assert balanced[1] / balanced[0] == pytest.approx(3)
    assert root[1] / root[0] == pytest.approx(3**0.5)
    assert (targets @ balanced).mean() == pytest.approx(1)
