"""States of a pretrained transformer as one of the inputs of a light encoder."""

import numpy as np
import pytest

from nlpx.encoders.encoder import Encoder
from tests.encoders.harness import batch_of, check_encoder, close, config_of, fitted, run
from tests.pretrained import tiny

TOKENS = {"tokens": {"size": 4}, "dropout": 0.2}


@pytest.fixture
def values(tmp_path):
    section = {"checkpoint": str(tiny.huggingface(tmp_path / "checkpoint")), "learning_rate": 1e-4}
    return {"type": "bigru", "units": 3, "inputs": {**TOKENS, "pretrained": section}}


def test_encoder(values, tmp_path):
    light = {key: value for key, value in values.items() if key != "inputs"}
    # `segments` are places in words there, and no segments of a pair.
    check_encoder(light, tmp_path, inputs=values["inputs"] | {"segments": {"size": 2}})


def test_they_tell_a_character_what_stands_around_it(values):
    del values["inputs"]["dropout"]
    encoder = fitted(values)
    assert encoder.units == 6
    network = encoder.network()
    one, other = (batch_of(encoder, [text]) for text in ("北京的大学", "银行的大学"))
    run(network, one)
    vectors = [network.embed(batch, training=False).numpy()[0, 3] for batch in (one, other)]
    close(vectors[0][:4], vectors[1][:4])  # the character's own vector
    assert np.abs(vectors[0][4:] - vectors[1][4:]).max() > 0.1
    assert vectors[0].shape == (4 + 16,)


def test_they_start_from_the_checkpoint_at_a_rate_of_their_own_and_a_run_needs_it_no_more(values, tmp_path):
    encoder = fitted(values)
    network = encoder.network()
    run(network, batch_of(encoder))
    rates = {rate for _, rate in network.embedders["subwords"].learning_rates}
    assert rates == {1e-4}
    expected = tiny.random_weights()["embeddings/tokens"]
    np.testing.assert_array_equal(network.embedders["subwords"].bert.embeddings.weights[0].numpy(), expected)
    encoder.save(tmp_path / "saved")
    values["inputs"]["pretrained"]["checkpoint"] = str(tmp_path / "gone")
    loaded = Encoder.load(config_of(values), tmp_path / "saved")
    np.testing.assert_array_equal(batch_of(loaded)["subwords"], batch_of(encoder)["subwords"])


def test_its_files_count_among_those_that_decide_the_outcome(values):
    config = config_of(values)
    assert "inputs.pretrained.checkpoint/model.safetensors" in config.files()
    assert "inputs.pretrained.checkpoint" in config.paths()
