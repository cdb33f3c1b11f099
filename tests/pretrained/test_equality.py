"""The same numbers as Hugging Face transformers, for each architecture."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from keras import ops

from nlpx.encoders.pretrained.checkpoint import open_checkpoint
from nlpx.encoders.pretrained.wordpiece import Wordpiece
from nlpx.encoders.pretrained.write import write_huggingface
from nlpx.layers.bert.unit_encoder import assign_all
from tests.pretrained.make_golden import GOLDEN, OUTPUTS, OWN

SCRIPT = Path(__file__).with_name("make_golden.py")


def loaded(folder: Path):
    checkpoint = open_checkpoint(folder)
    layer = checkpoint.architecture.layer(name="bert")
    layer.build((None, None))
    assign_all(layer, checkpoint.load())
    return layer


@pytest.mark.parametrize("name", list(OWN))
def test_states_are_those_of_transformers(name):
    golden = np.load(GOLDEN / name / OUTPUTS)
    layer = loaded(GOLDEN / name)
    states, pooled = layer(golden["ids"], mask=golden["mask"], segments=golden["segments"])
    found = np.stack([ops.convert_to_numpy(state) for state in states])
    wanted = golden["states"]
    assert found.shape == wanted.shape
    assert np.abs(wanted).std() > 0.1
    np.testing.assert_allclose(found[:, golden["mask"]], wanted[:, golden["mask"]], rtol=0, atol=1e-5)
    if "pooled" in golden:
        np.testing.assert_allclose(ops.convert_to_numpy(pooled), golden["pooled"], rtol=0, atol=1e-5)
    else:
        np.testing.assert_array_equal(pooled, states[-1][:, 0])


@pytest.mark.slow
@pytest.mark.parametrize("name", list(OWN))
def test_transformers_agrees_now_and_reads_what_is_written_here(name, tmp_path):
    # A Python with torch and transformers; NEZHA wants transformers 4.
    python = os.environ.get("NLPX_TRANSFORMERS_PYTHON", sys.executable)
    has = "import torch, transformers" + (".models.deprecated.nezha" if name == "nezha" else "")
    if subprocess.run([python, "-c", has], capture_output=True, check=False).returncode:
        pytest.skip("no transformers for it; NLPX_TRANSFORMERS_PYTHON names a Python that has it")
    checkpoint = open_checkpoint(GOLDEN / name)
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(f"t{i}" for i in range(35))]
    written = tmp_path / name
    write_huggingface(written, checkpoint.architecture, checkpoint.load(), Wordpiece(tokens))
    shutil.copy(GOLDEN / name / OUTPUTS, written)
    for folder in (GOLDEN / name, written):
        done = subprocess.run(
            [python, str(SCRIPT), "check", str(folder)], capture_output=True, text=True, check=True
        )
        assert float(done.stdout.split()[-1]) < 1e-4
