"""`nlpx report`, and the page at the end of a training."""

from __future__ import annotations

import json
import webbrowser

import pytest

from nlpx.runs import RunStore
from tests.pipeline.templates import copy_template, cut_off, train_template
from tests.pipeline.tiny import CRFSUITE, nlpx, sentences, train, write_experiment, write_lines
from tests.report.made import Page


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return train_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def run(template, tmp_path):
    return copy_template(template, tmp_path / "runs")


def page_of(run):
    return (run.path / "report.html").read_text("utf-8")


def test_training_leaves_a_page_and_says_where(tmp_path):
    result = train(write_experiment(tmp_path / "work"), "--smoke")
    run = RunStore().find("latest")
    assert f"report      {run.path / 'report.html'}  (nlpx report --open)" in result.stdout
    assert "report.html" in nlpx("runs", "show", "latest").stdout
    assert "report" in run.manifest.facts["stages"]
    assert "Smoke run" in page_of(run)


def test_the_command_makes_the_page_that_training_made(tmp_path):
    train(write_experiment(tmp_path / "work"))
    run = RunStore().find("latest")
    at_the_end = page_of(run)
    (run.path / "report.html").unlink()  # as in a run from before there were reports
    result = nlpx("report")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(run.path / "report.html")
    assert page_of(run) == at_the_end


def test_the_page_tells_how_to_make_the_run_again(run):
    nlpx("report")
    text = Page(page_of(run)).text
    assert f"nlpx train sequence_labeling --config {run.path / 'config.yaml'}" in text
    assert f"nlpx submit --run {run.path}" in text
    facts = run.manifest.facts
    assert all(file["path"] in text and file["sha256"][:12] in text for file in facts["inputs"].values())
    assert f"{100 * run.metrics()['main']['value']:.2f} %" in text


def test_every_wrong_text_is_there(tmp_path):
    config = write_experiment(tmp_path / "work")
    rows = [{**row, "spans": row["spans"][: number % 2]} for number, row in enumerate(sentences())]
    write_lines(tmp_path / "work" / "dev.jsonl", rows)
    assert train(config).exit_code == 0
    run = RunStore().find("latest")
    page, counts = Page(page_of(run)), run.metrics()["splits"]["dev"]["counts"]
    wrong = sum(verdict == "wrong" for verdict in page.verdicts.values())
    assert len(page.verdicts) == counts["texts"] == wrong == len(rows)
    kinds = {one["data-name"] for one in page.all("option") if one.get("data-name")}
    assert {"PER: spurious", "LOC: spurious"} <= kinds


@pytest.mark.parametrize("name", ["metrics.json", "manifest.json", "config.yaml", "model/model.crfsuite"])
def test_a_damaged_file_is_named(run, name):
    path = run.path / name
    path = path if path.exists() else next(file for file in run.model_dir.iterdir() if file.is_file())
    cut_off(path)
    result = nlpx("report")
    assert result.exit_code == 5
    assert path.name in result.output


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("epoch,f1\n1\n", "line 2 has 1 cells, the header has 2"),
        ("epoch,f1\n1,x\n", "f1 is 'x', not a number"),
    ],
)
def test_a_damaged_history_is_named(run, content, says):
    (run.path / "history.csv").write_text(content)
    result = nlpx("report")
    assert result.exit_code == 5
    assert "history.csv is damaged" in result.output
    assert says in " ".join(result.output.split())


@pytest.mark.parametrize("splits", [None, 1, {"dev": 1}])
def test_metrics_that_are_none_are_damage(run, splits):
    (run.path / "metrics.json").write_text(json.dumps({"main": None, "splits": splits}))
    result = nlpx("report")
    assert result.exit_code == 5
    assert "splits is not what nlpx writes there" in " ".join(result.output.split())


@pytest.mark.parametrize("scores", [{}, {"f1": 0.4321}, {"f1": 0.4321, "per_label": {}}])
def test_metrics_of_another_version_are_shown_as_they_are(run, scores):
    (run.path / "metrics.json").write_text(json.dumps({"main": None, "splits": {"dev": scores}}))
    assert nlpx("report").exit_code == 0
    assert ("43.21 %" in Page(page_of(run)).text) == bool(scores)


@pytest.mark.parametrize("content", [None, "", "\n", "epoch,f1\n"])
def test_without_a_history_there_are_no_curves(run, content):
    path = run.path / "history.csv"
    path.unlink() if content is None else path.write_text(content)
    assert nlpx("report").exit_code == 0
    assert "Learning curves" not in Page(page_of(run)).text


def test_data_that_have_gone_leave_the_rest_of_the_page(template, tmp_path):
    config = write_experiment(tmp_path / "work")
    assert train(config).exit_code == 0
    run = RunStore().find("latest")
    (tmp_path / "work" / "dev.jsonl").unlink()
    assert nlpx("report").exit_code == 0
    page = Page(page_of(run))
    assert "There are no examples on this page" in page.text
    assert f"{100 * run.metrics()['main']['value']:.2f} %" in page.text
    assert page.verdicts == {}


def test_data_that_have_changed_are_told(tmp_path):
    assert train(write_experiment(tmp_path / "work")).exit_code == 0
    write_lines(tmp_path / "work" / "dev.jsonl", [{"id": "new", "text": "新的一句", "spans": []}])
    assert nlpx("report").exit_code == 0
    assert "data.dev" in page_of(RunStore().find("latest"))
    assert "other data than the run had" in Page(page_of(RunStore().find("latest"))).text


def test_a_run_without_labels_to_judge_by_has_a_page(tmp_path):
    config = write_experiment(tmp_path / "work", CRFSUITE.replace("dev: dev.jsonl, ", ""))
    write_lines(tmp_path / "work" / "test.jsonl", [{"id": "1", "text": "王明在北京工作。"}])
    result = train(config)
    assert result.exit_code == 0, result.output
    page = Page(page_of(RunStore().find("latest")))
    assert page.verdicts == {0: ""}
    assert "No score" in page.text


def test_a_failing_page_does_not_fail_the_training(tmp_path, monkeypatch):
    monkeypatch.setattr("nlpx.report.build.build", lambda source: 1 / 0)
    result = train(write_experiment(tmp_path / "work"))
    assert result.exit_code == 0, result.output
    run = RunStore().find("latest")
    assert run.finished
    assert not (run.path / "report.html").exists()
    assert "there is no report.html, because of ZeroDivisionError" in (run.path / "log.txt").read_text()


def test_the_page_goes_where_one_wants_it(run, tmp_path):
    file = tmp_path / "page.html"
    assert nlpx("report", "--output", file).stdout.strip() == str(file)
    assert nlpx("report", "--output", "-").stdout == file.read_text("utf-8")
    assert "page.html: is there already" in nlpx("report", "--output", file).stderr
    assert nlpx("report", "--output", file, "--force").exit_code == 0
    result = nlpx("report", "--output", tmp_path / "no" / "page.html")
    assert result.exit_code == 2
    assert "there is no folder" in result.output


def test_open_shows_the_page(run, monkeypatch):
    shown = []
    monkeypatch.setattr(webbrowser, "open", lambda url: bool(shown.append(url)))
    result = nlpx("report", "--open")
    assert shown == [(run.path / "report.html").resolve().as_uri()]
    assert "found no browser to open" in result.output
    assert nlpx("report", "--open", "--output", "-").exit_code == 2


def test_an_unfinished_run_has_no_page_yet(run):
    status = run.path / "STATUS"
    status.write_text(json.dumps({**json.loads(status.read_text()), "state": "failed"}))
    result = nlpx("report", "--run", run.path)
    assert result.exit_code == 5
    assert "not finished" in result.output
