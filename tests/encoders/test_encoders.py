"""Every encoder keeps every promise."""

import pytest
from pydantic import ValidationError

from nlpx.encoders.base import EncoderConfig, register
from nlpx.encoders.registry import ENCODERS
from tests.encoders.harness import check_encoder, config_of


@pytest.mark.parametrize(
    "values",
    [
        {"type": "bilstm", "units": 3, "layers": 2},
        {"type": "bigru", "units": 3, "layers": 2},
        {"type": "lstm", "units": 3},
        {"type": "gru", "units": 3},
        {"type": "dgcnn", "units": 4, "layers": 2, "dilations": [1, 2]},
        {"type": "transformer", "units": 8, "layers": 2, "heads": 2},
    ],
    ids=lambda values: values["type"],
)
def test_encoder(values, tmp_path):
    check_encoder(values, tmp_path)


def test_the_table_above_is_complete():
    # bert needs a checkpoint: test_bert.py
    assert sorted(ENCODERS) == ["bert", "bigru", "bilstm", "dgcnn", "gru", "lstm", "transformer"]


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"type": "bilstn"}, "does not match any of the expected tags"),
        ({"type": "bilstm", "unit": 3}, "Extra inputs are not permitted"),
        ({"type": "transformer", "units": 10}, "units is 10; wanted a multiple of 2 \\* heads = 8"),
        ({"type": "dgcnn", "kernel_size": 2}, "kernel_size is 2; wanted an odd number"),
        ({"type": "gru", "inputs": {"unit": "word", "lexicon": True}}, "wanted unit: char"),
        ({"type": "gru", "inputs": {"lexicon": {"dictionary": False}}}, "lexicon has no words"),
    ],
)
def test_impossible_configs_are_refused(values, what):
    with pytest.raises(ValidationError, match=what):
        config_of(values)


def test_a_name_can_be_taken_once():
    with pytest.raises(ValueError, match="two encoders are called 'bilstm': BiLSTMConfig and BiLSTMConfig"):
        register(ENCODERS["bilstm"])
    assert issubclass(ENCODERS["bilstm"], EncoderConfig)
