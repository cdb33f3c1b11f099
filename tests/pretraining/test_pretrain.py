"""`nlpx pretrain` from raw text to an encoder that tasks take."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from nlpx.cli.app import app
from nlpx.config.load import load
from nlpx.encoders.bert import BertConfig
from nlpx.encoders.encoder import Encoder
from nlpx.encoders.pretrained.checkpoint import open_checkpoint
from nlpx.encoders.pretrained.token_head import read_head
from nlpx.pretraining import corpus
from nlpx.pretraining.config import PretrainingConfig
from nlpx.runs import Run, RunStore
from nlpx.training.loop import Loop

CONFIG = """\
task: pretraining
name: tiny
data:
  texts: [texts/*.txt]
  holdout: 0.2
  judged: 8
vocabulary: {size: 300, min_count: 1}
model: {type: roformer, layers: 1, units: 16, heads: 2, feed_forward: 24}
objective: {length: 24}
training: {steps: 8, evaluate_every: 4, batch_size: 4, learning_rate: 1e-2, dropout: 0.1, checkpoint_seconds: 0}
"""
FILES = ("encoder/model.safetensors", "encoder/config.json", "encoder/vocab.txt", "metrics.json")


def texts():
    """Sentences about who is where, so that there is something to learn."""
    random = np.random.default_rng(0)
    who, where = ["王明", "李娜", "我们", "老师"], ["北京", "武汉", "海边", "学校"]
    picks = random.integers(0, 4, (300, 2))
    return "\n".join(f"{who[a]}今天在{where[b]}，明天也在{where[b]}。" + "好" * (a + b) for a, b in picks)


def nlpx(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("pretraining")
    (root / "texts").mkdir()
    (root / "texts" / "a.txt").write_text(texts())
    (root / "tiny.yaml").write_text(CONFIG)
    return root


@pytest.fixture
def cache(folder, monkeypatch):
    monkeypatch.setenv("NLPX_CACHE", str(folder / "cache"))


@pytest.fixture(scope="module")
def done(folder):
    """A finished run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NLPX_CACHE", str(folder / "cache"))
        nlpx("pretrain", "--config", folder / "tiny.yaml", "--runs-dir", folder / "runs", "-q")
    return Run(folder / "runs" / "pretraining" / "v0001-tiny")


def test_the_run_says_what_it_did(done):
    assert done.finished
    done.verify()
    dev = done.metrics()["splits"]["dev"]
    assert 0 < dev["accuracy"] < 1
    assert dev["likelihood"] == pytest.approx(np.exp(-dev["dev_loss"]))
    facts = done.manifest.facts
    assert facts["fit"]["tokens"] == pytest.approx(8 * 4 * 24, rel=0.05)
    assert facts["data"]["paragraphs"] == 300
    assert len((done.path / "history.csv").read_text().splitlines()) == 3
    assert not (done.path / "checkpoint").exists()
    assert "Learning curves" in (done.path / "report.html").read_text()


def test_its_page_can_be_made_again(done):
    page = (done.path / "report.html").read_text()
    (done.path / "report.html").unlink()
    nlpx("report", "--run", done.path)
    assert (done.path / "report.html").read_text() == page


def test_it_predicts_nothing_and_says_what_to_do(done):
    said = nlpx("predict", "--run", done.path, "--input", "-", code=5)
    assert "checkpoint:" in said


def test_a_dry_run_says_how_much_there_is_to_do(folder, done, cache):
    said = nlpx("pretrain", "--config", folder / "tiny.yaml", "--dry-run", "--runs-dir", folder / "runs")
    parameters = f"{done.manifest.facts['fit']['parameters']:,}"
    assert re.search(rf"parameters +{parameters}\n", said)
    assert "v0002" in said
    assert not (folder / "runs" / "pretraining" / "v0002-tiny").exists()


def test_its_config_is_checked_like_any(folder):
    assert "tiny.yaml: ok (pretraining)" in nlpx("config", "check", folder / "tiny.yaml")
    nlpx("config", "init", "pretraining", folder / "starter.yaml")
    assert "starter.yaml: ok" in nlpx("config", "check", folder / "starter.yaml")
    wrong = folder / "wrong.yaml"
    wrong.write_text(CONFIG.replace("heads: 2", "heads: 3"))
    assert "wanted a multiple of heads = 3" in " ".join(nlpx("config", "check", wrong, code=3).split())
    said = nlpx("config", "check", folder / "tiny.yaml", "-S", "model={type: bert, positions: 8}", code=3)
    assert "model.positions is 8 and objective.length 24; wanted" in " ".join(said.split())
    assert "ok" in nlpx("config", "check", folder / "tiny.yaml", "-S", "model={type: bert, positions: 24}")
    assert "ok" in nlpx(
        "config", "check", folder / "tiny.yaml", "-S", "model={type: bert}", "-S", "objective.length=900"
    )


def test_its_folder_is_an_encoder(done):
    encoder = Encoder(BertConfig(checkpoint=done.path / "encoder"))
    encoder.fit(["王明在北京"])
    features = {name: array[None] for name, array in encoder.featurize("李娜在武汉").items()}
    vectors = encoder.network()(features | {"mask": np.ones((1, 5), bool)})
    assert vectors.shape == (1, 5, 16)


def test_a_killed_run_goes_on_to_the_same_bytes(folder, done, cache, monkeypatch):
    saves = []

    def save(loop: Loop, old=Loop._save) -> None:
        old(loop)
        saves.append(loop.state.position)
        if len(saves) == 6:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Loop, "_save", save)
        runs = folder / "killed"
        nlpx("pretrain", "--config", folder / "tiny.yaml", "--runs-dir", runs, "-q", code=130)
    nlpx("pretrain", "--resume", "v1", "--runs-dir", runs, "-q")
    for name in FILES:
        assert (runs / "pretraining" / "v0001-tiny" / name).read_bytes() == (done.path / name).read_bytes()


def test_another_config_cannot_go_on(folder, done, cache):
    runs = folder / "changed"
    shutil.copytree(folder / "runs", runs)
    path = runs / "pretraining" / "v0001-tiny"
    status = json.loads((path / "STATUS").read_text())
    (path / "STATUS").write_text(json.dumps(status | {"state": "interrupted"}))
    said = nlpx("pretrain", "--resume", "v1", "-S", "training.steps=4", "--runs-dir", runs, code=5)
    assert "nlpx pretrain --resume pretraining/v1" in said


def test_a_checkpoint_goes_on_with_its_vocabulary_and_head_whatever_the_objective(
    folder, done, cache, caplog
):
    runs = folder / "further"
    arguments = ["-S", f"checkpoint={done.path / 'encoder'}", "-S", "training.learning_rate=1e-9"]
    arguments += ["-S", "training.steps=1", "-S", "training.optimizer=lamb", "-S", "objective.type=unilm"]
    arguments += ["-S", "float16=true", "--runs-dir", runs, "-q"]
    nlpx("pretrain", "--config", folder / "tiny.yaml", *arguments)
    assert "model and vocabulary of the config: not read" in caplog.text
    source, further = (
        open_checkpoint(path / "encoder") for path in (done.path, runs / "pretraining" / "v0001-tiny")
    )
    for old, new in ((source.load(), further.load()), (read_head(source), read_head(further))):
        assert old.keys() == new.keys()
        for name in old:
            np.testing.assert_allclose(new[name], old[name], rtol=1e-3, atol=1e-3)
    sizes = [(one.folder / "model.safetensors").stat().st_size for one in (further, source)]
    assert sizes[0] < 0.6 * sizes[1]


def test_texts_are_cut_once(folder, done, cache, monkeypatch):
    config = load(folder / "tiny.yaml", PretrainingConfig).config
    monkeypatch.setattr(corpus, "_make", lambda *arguments: pytest.fail("cut again"))
    found = corpus.open_corpus(config, None)
    assert (len(found.train), len(found.dev)) == (found.facts["train"], found.facts["dev"])
    everything = found.train[np.arange(len(found.train))][0]
    assert found.facts["tokens"] > (everything > 4).sum() > 0.7 * found.facts["tokens"]


def test_too_little_text_is_an_error(folder, cache, tmp_path):
    (tmp_path / "one.txt").write_text("只有一句。")
    said = nlpx(
        "pretrain", "--config", folder / "tiny.yaml", "-S", f"data.texts=[{tmp_path / 'one.txt'}]", code=4
    )
    assert "blocks to train on" in " ".join(said.split())


@pytest.mark.skipif(
    "NLPX_TRANSFORMERS_PYTHON" not in os.environ,
    reason="NLPX_TRANSFORMERS_PYTHON names no Python that has transformers",
)
def test_transformers_reads_the_folder_and_agrees(done, tmp_path):
    script = Path(__file__).with_name("transformers_logits.py")
    ids = np.random.default_rng(0).integers(5, 40, (3, 12)).astype(np.int32)
    ids[1, 8:] = 0
    np.save(tmp_path / "ids.npy", ids)
    command = [os.environ["NLPX_TRANSFORMERS_PYTHON"], str(script), str(done.path / "encoder"), str(tmp_path)]
    subprocess.run(command, check=True, env={"PATH": os.environ["PATH"]})
    theirs = np.load(tmp_path / "logits.npy")
    assert np.abs(_logits(done.path / "encoder", ids) - theirs)[ids > 0].max() < 1e-4


def _logits(path, ids):
    from nlpx.layers.bert.token_head import TokenModel
    from nlpx.pretraining.start import assign_all_of

    source = open_checkpoint(path)
    model = TokenModel(source.architecture.layer(name="bert"), name="model")
    model.build()
    assign_all_of(model, source)
    places = np.broadcast_to(np.arange(ids.shape[1]), ids.shape)
    return np.array(model.logits({"ids": ids, "mask": ids > 0, "positions": places}))


def test_latest_means_a_run_that_predicts_where_there_is_one(tmp_path):
    store = RunStore(tmp_path)
    made = {}
    for task in ("toy", "pretraining"):
        made[task] = store.create(task)
        made[task].finish({"main": None, "splits": {}})
    assert store.find("latest").path == made["toy"].path
    assert store.find("latest", "pretraining").path == store.find("pretraining/latest").path
    shutil.rmtree(tmp_path / "toy")
    assert store.find("latest").path == made["pretraining"].path
