"""The feature CRF: learns, is saved and loaded, notices damage."""

import sys

import pytest

from nlpx.errors import DataError, RunError, UsageError
from nlpx.task import FitContext
from nlpx.tasks.sequence_labeling.config import SequenceLabelingConfig
from nlpx.tasks.sequence_labeling.crfsuite import FeatureCRF
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.tasks.sequence_labeling.features import features
from nlpx.text.spans import Span

pytest.importorskip("sklearn_crfsuite", reason="needs the extra crfsuite")

NAMES = ("王明", "李雷", "韩梅梅", "赵一")
PLACES = ("北京", "上海", "天津")


def example(name, place):
    spans = [Span(0, len(name), "PER"), Span(len(name) + 1, len(name) + 3, "LOC")]
    return Example(f"{name}{place}", f"{name}在{place}工作", spans)


TRAIN = [example(name, place) for name in NAMES for place in PLACES]


def config(**crfsuite):
    return SequenceLabelingConfig(name="test", data={"train": "x"}, model="crfsuite", crfsuite=crfsuite)


@pytest.fixture(scope="module")
def trained():
    crf = FeatureCRF(config(max_iterations=30))
    crf.fit(TRAIN, [], FitContext(folder=None, seed=0))
    return crf


def test_it_learns_what_it_saw_and_what_looks_like_it(trained):
    assert trained.predict(TRAIN) == [example.spans for example in TRAIN]
    (spans,) = trained.predict([Example("new", "王明在广州工作", [])])
    assert spans == [Span(0, 2, "PER"), Span(3, 5, "LOC")]


def test_an_empty_text_has_no_spans(trained):
    assert trained.predict([Example("0", "", []), Example("1", "", [], [])]) == [[], []]


def test_training_reports_every_iteration():
    report = FeatureCRF(config(max_iterations=7)).fit(TRAIN, [], FitContext(folder=None, seed=0))
    assert [row["epoch"] for row in report.history] == list(range(1, 8))
    assert report.history[-1]["loss"] < report.history[0]["loss"]
    assert (report.stopped, report.parameters > 0) == ("finished", True)


def test_the_same_data_give_the_same_file(trained, tmp_path):
    again = FeatureCRF(config(max_iterations=30))
    again.fit(TRAIN, [], FitContext(folder=None, seed=0))
    for name, crf in (("one", trained), ("two", again)):
        crf.save(tmp_path / name)
    files = [(tmp_path / name / "model.crfsuite").read_bytes() for name in ("one", "two")]
    assert files[0] == files[1]


def test_loaded_it_predicts_the_same(trained, tmp_path):
    trained.save(tmp_path)
    loaded = FeatureCRF(config())
    loaded.load(tmp_path)
    assert loaded.predict(TRAIN) == trained.predict(TRAIN)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        pytest.param(lambda path: path.unlink(), "model.crfsuite is missing", id="missing"),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes()[:-9]), "was changed or cut short", id="cut"
        ),
        pytest.param(
            lambda path: path.write_bytes(b"lCRF" + bytes(50)), "was changed or cut short", id="tampered"
        ),
    ],
)
def test_a_damaged_model_is_named_and_never_opened(trained, tmp_path, damage, message):
    trained.save(tmp_path)
    damage(tmp_path / "model.crfsuite")
    with pytest.raises(RunError, match=message):
        FeatureCRF(config()).load(tmp_path)


def test_a_model_of_other_features_is_refused(trained, tmp_path):
    trained.save(tmp_path)
    facts = tmp_path / "crfsuite.json"
    facts.write_text(facts.read_text().replace('"version": 1', '"version": 99'))
    with pytest.raises(RunError, match="is of another version"):
        FeatureCRF(config()).load(tmp_path)


def test_training_without_labels_is_refused():
    with pytest.raises(DataError, match="holds 1 texts and not one labelled span"):
        FeatureCRF(config()).fit([Example("0", "王明", [])], [], FitContext(folder=None, seed=0))


def test_a_missing_package_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn_crfsuite", None)
    with pytest.raises(
        UsageError, match=r"needs the package sklearn-crfsuite\nInstall it: pip install 'nlpx"
    ):
        FeatureCRF(config()).fit(TRAIN, [], FitContext(folder=None, seed=0))


def test_a_time_limit_is_kept_by_fewer_iterations():
    crf = FeatureCRF(config(max_iterations=1_000_000, c1=0, c2=1e-9))
    report = crf.fit(TRAIN * 20, [], FitContext(folder=None, seed=0, max_seconds=0.2))
    assert report.stopped == "time"
    assert 5 <= len(report.history) < 1_000_000


def test_a_smoke_run_is_short():
    report = FeatureCRF(config()).fit(TRAIN * 50, [], FitContext(folder=None, seed=0, smoke=True))
    assert len(report.history) == 2


def test_features_are_the_window_and_the_shape():
    (row,) = features(["中"])
    assert {"0|中", "-1|␀", "1|␀", "-1,0|␀\t中", "s|SCS"} <= set(row)
    assert len(features("在北京2008年")) == 8
    words = features(["The", "EU-27"])
    assert {"w|eu-27", "2<EU", "3>-27"} <= set(words[1])
