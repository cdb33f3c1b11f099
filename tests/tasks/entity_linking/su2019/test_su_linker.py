"""Su's networks on a tiny task: what they learn, and that only the texts decide what they say."""

import numpy as np
import pytest

from nlpx.config.load import load
from nlpx.errors import DataError, RunError
from nlpx.task import FitContext
from nlpx.tasks.entity_linking.config import EntityLinkingConfig
from nlpx.tasks.entity_linking.task import EntityLinking
from nlpx.training.progress import Progress
from tests.tasks.entity_linking.el_samples import DEV, TRAIN, text, write_rows, write_task

INPUTS = "{tokens: {size: 16}, normalize: {width: true, lower: true}}"
ENCODER = f"{{type: dgcnn, units: 16, dilations: [1], inputs: {INPUTS}}}"
TRAINING = "{epochs: 12, batch_size: 8, buckets: 1, learning_rate: 0.01, jit_compile: false, patience: null}"
CONFIG = """\
task: entity_linking
data: {kb: kb_data, train: train.json, dev: dev.json}
model: {type: TYPE, description: 24, max_length: 32, positives: 0.5, encoder: ENCODER, training: TRAINING}
"""


def make(folder, type, *sets, train=TRAIN):
    """The task and the untrained model."""
    config = CONFIG.replace("TYPE", type).replace("ENCODER", ENCODER).replace("TRAINING", TRAINING)
    path = write_task(folder, config)
    write_rows(folder / "train.json", train)
    write_rows(folder / "dev.json", DEV)
    task = EntityLinking(load(path, EntityLinkingConfig, sets=sets).config)
    return task, task.predictor()


def fit(task, model, folder, **options):
    return model.fit(task.read("train")[0], task.read("dev")[0], FitContext(folder, seed=0, **options))


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="module", params=["su2019", "baseline"])
def trained(request, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NLPX_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
        folder = tmp_path_factory.mktemp(request.param)
        task, model = make(folder, request.param)
        report = fit(task, model, folder / "fit")
        model.save(folder / "model")
    return task, model, folder, report


TEXTS = ["李娜唱青藏高原", "", "我们", "👨‍👩‍👧苹果\x00", "苹果和Angel" * 9, "李娜" + "路" * 40 + "天使"]


def same(one, other):
    """Whether two predictions say the same, with scores as equal as batches of another width leave them."""
    pairs = zip([*one.links, *one.on_gold], [*other.links, *other.on_gold], strict=True)
    return all(
        (a.start, a.end, a.entity_id, a.reason) == (b.start, b.end, b.entity_id, b.reason)
        and a.score == pytest.approx(b.score, abs=1e-5)
        for a, b in pairs
    )


def test_it_learns(trained):
    task, model, _, report = trained
    assert len(report.history) == 12
    examples, _ = task.read("train")
    assert task.evaluate(examples, model.predict(examples))["mention_f1"] > 0.6


def test_a_text_alone_is_answered_as_in_a_batch(trained):
    _, model, _, _ = trained
    examples = [text(content, ("李娜", "10002")) if "李娜" in content else text(content) for content in TEXTS]
    together = model.predict(examples)
    for example, prediction in zip(examples, together, strict=True):
        [alone] = model.predict([example])
        assert same(alone, prediction)


def test_places_that_examples_name_do_not_change_the_answer(trained):
    _, model, _, _ = trained
    with_gold, without = model.predict([text("李娜唱歌", ("唱", "10002"), ("李娜", None)), text("李娜唱歌")])
    assert len(with_gold.on_gold) == 2
    assert same(type(without)(with_gold.links), type(without)(without.links))


def test_nothing_overlaps_and_everything_kept_is_a_name(trained):
    _, model, _, _ = trained
    for content, prediction in zip(TEXTS, model.predict([text(content) for content in TEXTS]), strict=True):
        reach = 0
        for link in prediction.kept:
            assert link.start >= reach
            assert model.knowledge_base.candidates(content[link.start : link.end])
            reach = link.end


def test_saved_models_predict_the_same(trained):
    task, model, folder, _ = trained
    again = task.predictor()
    again.load(folder / "model")
    examples, _ = task.read("dev")
    assert again.predict(examples) == model.predict(examples)


def test_a_damaged_model_is_refused(trained, tmp_path):
    task, model, _, _ = trained
    model.save(tmp_path / "model")
    (tmp_path / "model" / "weights.safetensors").unlink()
    with pytest.raises(RunError, match=r"weights\.safetensors"):
        task.predictor().load(tmp_path / "model")


class Stop(Progress):
    """Ends a training as Ctrl-C does."""

    def __init__(self, batches):
        self.left = batches

    def batch(self, texts, loss):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_the_same_seed_gives_the_same_bytes_resumed_or_not(trained, tmp_path):
    task, _, folder, _ = trained
    wanted = (folder / "model" / "weights.safetensors").read_bytes()
    model = task.predictor()
    with pytest.raises(KeyboardInterrupt):
        fit(task, model, tmp_path / "fit", progress=Stop(5))
    model = task.predictor()
    fit(task, model, tmp_path / "fit", resume=True)
    model.save(tmp_path / "model")
    assert (tmp_path / "model" / "weights.safetensors").read_bytes() == wanted


def test_the_gate_lets_only_maximum_matches_through(tmp_path):
    task, model = make(tmp_path, "su2019", "model.threshold=1e-9", "model.reject=0", "model.prune_ratio=null")
    fit(task, model, tmp_path / "fit", smoke=True)
    examples = [text(content) for content in TEXTS]
    matches = model.names.matches([example.text for example in examples])
    for found, prediction in zip(matches, model.predict(examples), strict=True):
        starts, ends = ({place[side] for place in found} for side in (0, 1))
        assert {link.start for link in prediction.links} <= starts
        assert {link.end for link in prediction.links} <= ends
        assert {(link.start, link.end) for link in prediction.kept} == set(found)


def test_closed_gates_have_no_gradient_and_open_ones_do():
    from keras import ops

    from nlpx.tasks.entity_linking.su2019.network import PointerLinker

    x = {"mask": np.array([[True, True, False]]), "flags": np.array([[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]])}
    for gate, expected in ((True, [[1, 0], [0, 1], [0, 0]]), (False, [[1, 1], [1, 1], [0, 0]])):
        gates = PointerLinker.gates(type("Network", (), {"gate": gate})(), x)
        assert ops.convert_to_numpy(gates)[0].tolist() == expected


def test_training_texts_without_links_are_refused(tmp_path):
    task, model = make(tmp_path, "su2019", train=[{**row, "mention_data": []} for row in TRAIN])
    with pytest.raises(DataError, match="not one linked mention"):
        fit(task, model, tmp_path / "fit")
