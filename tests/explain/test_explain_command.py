"""`nlpx explain` on a tiny trained run."""

from __future__ import annotations

import json

import pytest

from nlpx.errors import RunError
from nlpx.pipeline.explain import Texts, judge_run
from nlpx.runs import RunStore
from tests.explain.toys import Toy
from tests.pipeline.templates import train_template
from tests.pipeline.tiny import nlpx
from tests.tasks.classification.cls_samples import NETWORK, TFIDF, rows, write_experiment


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A network and the baseline; texts with the word that decides marked as the reason."""
    folder = tmp_path_factory.mktemp("explain")
    data = rows()
    for row in data:
        end = len(row["text"]) - 1
        row["rationale"] = [[end - 1, end]]
    for text in (NETWORK, TFIDF):
        config = write_experiment(folder / "work", text, data)
        done = nlpx("train", "classification", "--config", config, "--runs-dir", folder / "runs", "--quiet")
        assert done.exit_code == 0, done.output
    return folder / "runs"


@pytest.fixture
def explain(runs):
    """The command on the network, or on another run."""

    def run(*arguments, run="v1", **options):
        return nlpx("explain", "--runs-dir", runs, "--run", run, *arguments, **options)

    return run


def test_one_text_is_shown(explain):
    done = explain("--text", "房间很好。", "--method", "state_drop")
    assert done.exit_code == 0, done.output
    title, text, marks, *_ = done.stdout.splitlines()
    assert title.split()[2:] == ["state_drop", "id", "0"]
    assert text == "        房间很好。"
    assert marks.startswith(("towards ", "away "))
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_an_empty_text_has_nothing_to_explain(explain):
    assert "(nothing to read, so nothing to explain)" in explain("--text", "").stdout


def test_a_tagger_that_finds_nothing_says_so(tmp_path):
    pytest.importorskip("sklearn_crfsuite", reason="needs the extra crfsuite")
    folder = train_template(tmp_path)
    done = nlpx("explain", "--runs-dir", folder / "runs", "--text", "没有", "--method", "random")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "the model found nothing in this text, so there is nothing to explain" in done.stderr
    gold = nlpx(
        "explain", "--runs-dir", folder / "runs", "--text", "王明在", "-m", "random", "--target", "gold"
    )
    assert "nothing is marked in this text; labels are read from --data, so there" in gold.stderr


def test_all_methods_on_lines_of_a_pipe(explain):
    done = explain("--input", "-", "--output", "-", "--method", "all", stdin="房间很好。\n早餐很差。\n")
    maps = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(maps) == 14
    assert {one["id"] for one in maps} == {"0", "1"}
    assert maps[0]["offsets"][0] == [0, 1]
    assert all(len(one["scores"]) == 5 for one in maps)


def test_several_texts_and_methods_are_all_shown(explain):
    methods = ("-m", "gradient", "-m", "random", "-m", "gradient")
    done = explain("--text", "房间很好。", "--text", "早餐很差。", *methods)
    assert done.exit_code == 0, done.output
    assert done.stderr == "gradient: orange: how much it matters, whichever way\n"
    titles = [line.split()[2:] for line in done.stdout.splitlines() if " id " in line]
    assert titles == [[name, "id", number] for number in "01" for name in ("gradient", "random")]


def test_a_line_that_is_not_utf8_is_named_or_left_out(explain, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_bytes("房间很好。\n".encode() + "早餐很差。\n".encode("gb18030"))
    done = explain("--input", lines, "-m", "random")
    assert (done.exit_code, "lines.txt:2: not UTF-8" in done.stderr) == (4, True)
    done = explain("--input", lines, "-m", "random", "--skip-bad")
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("left out 1 bad line:")


def test_files_that_are_there_are_replaced_by_force_only(explain, tmp_path):
    arguments = ("--text", "房间很好。", "-m", "random", "-o", tmp_path)
    (tmp_path / "saliency.html").write_text("mine", encoding="utf-8")
    done = explain(*arguments)
    assert (done.exit_code, (tmp_path / "saliency.html").read_text("utf-8")) == (2, "mine")
    assert "saliency.html: is there already" in done.stderr
    assert "→ name another file, or replace it with --force" in done.stderr
    assert explain(*arguments, "--force").exit_code == 0


def test_the_dev_split_in_words_goes_to_a_folder(explain, tmp_path):
    done = explain(
        "--output", tmp_path / "maps", "--limit", "5", "--unit", "word", "--method", "gradient_x_input"
    )
    assert done.exit_code == 0, done.output
    assert len(done.stdout.splitlines()) == 4
    lines = (tmp_path / "maps" / "saliency.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 5
    assert json.loads(lines[0])["offsets"][0] == [0, 2]


def test_a_split_on_a_terminal_is_cut_short_and_says_so(explain):
    done = explain("--method", "random")
    assert done.stdout.count("random") == 10
    assert "10 of 36 texts of dev, evenly spaced; for more say --limit N or --output PATH" in done.stderr


def test_figures_are_printed_and_kept(explain, runs):
    done = explain("--evaluate", "--limit", "12", run="v2")
    assert done.exit_code == 0, done.output
    title, header, *body = done.stdout.splitlines()
    assert title == "classification/v2 on 12 of 36 texts of dev, evenly spaced, target predicted"
    assert header.split() == ["method", "compr.", "suff.", "deletion", "insertion", "AUPRC", "F1", "IOU-F1"]
    assert [line.split()[0] for line in body] == ["occlusion", "random", "(chance)"]
    run = RunStore(runs).find("v2")
    run.verify()
    [kept] = run.read_json("explanations/metrics.json")
    assert kept["removed"] == "dropped from the text, which is then read anew"
    assert set(kept["methods"]) == {"occlusion", "random"}
    again = explain("--evaluate", "--limit", "12", "--method", "random", "--unit", "word", run="v2")
    assert again.exit_code == 0, again.output
    first, second = run.read_json("explanations/metrics.json")
    assert first == kept
    changed = {"methods": ["random"], "unit": "word"}
    assert second["settings"] == kept["settings"] | changed
    assert kept["settings"] == {
        "texts": "dev", "file": None, "limit": 12, "methods": ["occlusion", "random"], "unit": "auto",
        "target": "predicted",
    }  # fmt: skip


def test_of_lines_the_first_are_judged_and_the_title_says_so(explain, runs, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("房间很好。\n早餐很差。\n房间很差。\n", encoding="utf-8")
    done = explain("--evaluate", "--input", lines, "--limit", "2", "-m", "random", run="v2")
    assert done.stdout.startswith("classification/v2 on the first 2 texts of lines.txt, target predicted")
    assert done.stderr.startswith("higher is better: compr., insertion; lower: suff., deletion\n")
    kept = RunStore(runs).find("v2").read_json("explanations/metrics.json")[-1]
    assert kept["settings"]["file"] == str(lines)
    page = tmp_path / "a.html"
    assert explain("--input", lines, "--limit", "2", "-m", "random", "-o", page, run="v2").exit_code == 0
    assert "up to 2 texts from the beginning of lines.txt" in page.read_text("utf-8")


def test_figures_that_cannot_be_kept_are_told_before_the_work(runs, monkeypatch):
    run = RunStore(runs).find("v1")
    run.write_json("explanations/metrics.json", [])
    (run.path / "explanations/metrics.json").write_text("{", encoding="utf-8")
    monkeypatch.setattr("nlpx.pipeline.explain.judge", lambda *_, **__: pytest.fail("worked in vain"))
    with pytest.raises(RunError):
        judge_run(run, Toy(), Texts("dev", [], 0), methods=["random"], unit="auto", target="predicted")
    run.write_json("explanations/metrics.json", [])


def test_a_table_may_be_named_in_capitals(explain, tmp_path):
    table = tmp_path / "TEXTS.TSV"
    table.write_text("text\tlabel\n房间很好。\tpos\n早餐很差。\tneg\n", encoding="utf-8")
    done = explain("--input", table, "-m", "random", "--output", "-", run="v2")
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == ["房间很好。", "早餐很差。"]


@pytest.mark.parametrize(
    ("arguments", "run", "text"),
    [
        (["--text", "a", "--input", "b"], "v1", "--text and --input both name texts to explain"),
        (
            ["--evaluate", "--text", "a"],
            "v1",
            "--evaluate prints figures of many texts and has no use for --text",
        ),
        (
            ["--evaluate", "-o", "a"],
            "v1",
            "--evaluate prints figures of many texts and has no use for --output",
        ),
        (["--text", "a", "-m", "gradient"], "v2", "gradient does not suit this run: it is TF-IDF n-grams"),
        (["-i", "a", "-i", "b"], "v1", "--input is there 2 times: a, b"),
        (["--text", "a", "--target", "x"], "v1", "there is no class 'x'"),
        (["--text", "a", "-o", "a.pdf"], "v1", "a.pdf: there is no output of the kind .pdf"),
    ],
)
def test_what_cannot_be_done_is_said(explain, arguments, run, text):
    done = explain(*arguments, run=run)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"error: {text}")


def test_a_missing_file_is_a_data_error(explain, tmp_path):
    done = explain("--input", tmp_path / "none.txt")
    assert done.exit_code == 4
    assert "none.txt" in done.stderr
