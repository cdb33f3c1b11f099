"""`nlpx runs`, driven as a user would."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from nlpx.cli.runs import app, complete_run
from nlpx.cli.tables import print_table
from nlpx.errors import RunError, UsageError
from nlpx.runs import RunStore
from tests.runs.sample_runs import ended, finished, metrics, write_config


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """tagging: v1 0.7, v2 0.9, v3 failed."""
    store = RunStore(tmp_path_factory.mktemp("template"))
    finished(store, "low", 0.7, seed=2)
    finished(store, "高", 0.9)
    ended(store, "failed", "oops")
    return store


@pytest.fixture
def store(template, tmp_path):
    """A copy of the template where the commands look for runs by themselves."""
    shutil.copytree(template.root, tmp_path / "runs")
    return RunStore(tmp_path / "runs")


def nlpx_runs(*arguments, stdin=None):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def test_table_is_plain_and_best_first(store):
    result = nlpx_runs()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "tagging"
    assert lines[1].split() == [
        "run",
        "name",
        "when",
        "status",
        "dev",
        "f1",
        "%",
        "time",
        "differs",
        "from",
        "best",
    ]
    assert [line.split()[:2] for line in lines[2:]] == [["v2", "高"], ["v1", "low"], ["v3", "oops"]]
    assert "90.00 ± 1.00" in lines[2]
    assert lines[3].endswith("seed=2")
    assert " failed    !  " in lines[4]


def test_no_runs_says_how_to_start(tmp_path):
    result = nlpx_runs("--runs-dir", tmp_path / "none")
    assert (
        result.stdout
        == f"no runs yet, and no folder {tmp_path / 'none'}; start one with: nlpx train TASK --config FILE\n"
    )


def test_top_and_task(store):
    finished(store, task="linking")
    assert [row["task"] for row in json.loads(nlpx_runs("--json", "--top", 1).stdout)] == [
        "linking",
        "tagging",
    ]
    assert [row["version"] for row in json.loads(nlpx_runs("--json", "--task", "tagging").stdout)] == [
        2,
        1,
        3,
    ]


def test_csv_and_markdown(store):
    assert len(list(csv.DictReader(io.StringIO(nlpx_runs("--csv").stdout)))) == 3
    assert len(nlpx_runs("--md").stdout.splitlines()) == 5


def test_formats_exclude_each_other(store):
    result = nlpx_runs("--json", "--csv")
    assert isinstance(result.exception, UsageError)
    assert result.exception.what == "--json, --csv and --md exclude each other"


def test_table_fits_80_columns():
    out = io.StringIO()
    when, score, differs = "11-20 09:30", "93.12 ± 1.25", "units=512, " * 5
    row = ("v12", "a-rather-long-name-of-a-run", when, "interrupted", score, "2h05m", differs)
    columns = ("run", "name", "when", "status", "dev f1", "time", "differs from best")
    print_table(columns, [row], fold=("name", "differs from best"), file=out, force_terminal=True, width=80)
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    for cell in row[2:6]:
        assert cell in text


def test_a_narrow_terminal_goes_without_spare_columns(store, monkeypatch):
    finished(store, "a-longer-name", 0.8, training={"a_key_of_some_length": 1, "another_one": 2})
    wide = [line.split() for line in nlpx_runs().stdout.splitlines()]
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = re.sub(r"\x1b\[[\d;]*m", "", nlpx_runs().stdout)
    assert "when" in wide[1]
    assert "when" not in text
    assert "failed" in text  # the state is told where it says something
    assert "a_key_of_some_length=1" in text


@pytest.mark.parametrize(("width", "kept"), [(68, "abc"), (67, "bc"), (55, "bc"), (54, "c")])
def test_spare_columns_go_until_there_is_room(width, kept, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")  # rich takes a dumb one for 80 columns wide
    out = io.StringIO()
    columns, row = ("a" * 11, "b" * 9, "c" * 12, "folded"), ("1", "2", "3", "x" * 200)
    print_table(
        columns, [row], fold=("folded",), spare=columns[:2], file=out, force_terminal=True, width=width
    )
    header, _, first, *_ = out.getvalue().splitlines()
    assert "".join(name[0] for name in columns[:3] if name in header) == kept
    assert first.count("x") >= 30


def test_a_column_that_is_cut_takes_a_third_of_a_terminal_and_is_whole_in_a_pipe():
    name = "武汉 (湖北省会，黄鹤楼，热干面)" * 3
    for options, whole in (({"force_terminal": True, "width": 80}, False), ({}, True)):
        out = io.StringIO()
        print_table(("at", "name"), [("0-2", name)], cut=("name",), file=out, **options)
        assert (name in out.getvalue()) == whole
        assert ("…" in out.getvalue()) != whole


def test_show_tells_where_a_run_came_from(store):
    out = nlpx_runs("show", "best").stdout
    assert out.startswith("tagging/v0002-高  finished\n")
    for word in ("command", "seed      1", "nlpx 0.", "Python 3.", "cores", "fit 0.", " at most"):
        assert word in out
    assert out.index("dev.f1") < out.index("dev.precision") < out.index("and 1 more, per label")
    assert "dev.per_label.PER.f1" not in out


def test_show_and_diff_fit_a_terminal(store, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    for command in (("show", "v1"), ("diff", "v1", "v2")):
        lines = re.sub(r"\x1b\[[\d;]*m", "", nlpx_runs(*command).stdout).splitlines()
        assert max(map(len, lines)) <= 80


def test_metrics_of_several_names_have_a_column_of_their_own(store):
    run = finished(store, "sum", 0.5)
    whole = json.loads((run.path / "metrics.json").read_text("utf-8"))
    whole["main"]["metric"] = "macro_f1"
    (run.path / "metrics.json").write_text(json.dumps(whole), encoding="utf-8")
    header, *rows = nlpx_runs().stdout.splitlines()[1:]
    assert header.split()[4:7] == ["metric", "score", "%"]
    assert [row.partition(" dev ")[2].split()[0] for row in rows[:3]] == ["macro_f1", "f1", "f1"]


def test_a_diff_without_an_interval_says_why(store):
    assert "no interval of the difference: one of the runs has no" in nlpx_runs("diff", "v1", "v2").stdout


def test_show_names_damage(store):
    (store.find("v2").model_dir / "weights.bin").write_text("short")
    out = nlpx_runs("show", "v2").stdout
    assert "!   model/weights.bin: cut off: 5 bytes instead of 1.0 KB" in out
    (store.find("v2").path / "manifest.json").write_text("{")
    assert "manifest.json is damaged" in nlpx_runs("show", "v2").stdout


def test_show_of_a_failed_run(store):
    result = nlpx_runs("show", "v3")
    assert result.exit_code == 0
    assert re.search("seed +1\n", result.stdout)
    assert "unknown" not in result.stdout
    assert "metric" not in result.stdout


def test_show_as_json(store):
    found = json.loads(nlpx_runs("show", "v1", "--json").stdout)
    assert (found["ref"], found["status"], found["config"]["seed"]) == ("tagging/v1", "finished", 2)
    assert (found["metrics"]["main"]["value"], found["problems"]) == (0.7, [])


def test_diff_shows_config_and_scores(store):
    lines = [line.split() for line in nlpx_runs("diff", "v1", "v2").stdout.splitlines()]
    assert ["config", "v0001-low", "v0002-高"] in lines
    assert ["seed", "2", "1"] in lines
    assert ["dev.f1", "70.00", "%", "90.00", "%", "+20.00"] in lines
    assert ["origin:", "no", "difference"] in lines


def test_diff_compares_files_by_their_content(store, tmp_path):
    contents = {"same.txt": "一", "copy.txt": "一", "other.txt": "二"}
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    for names in (("same.txt",), ("copy.txt", "other.txt")):
        run = store.create("tagging", names[0][:4])
        write_config(run, {})
        for key, name in zip(("train", "lexicon"), names, strict=False):
            run.add_input(tmp_path / name, key)
        run.finish(metrics(0.5))
    out = nlpx_runs("diff", "same", "copy").stdout
    assert re.search(r"\nfiles .*\nlexicon +- +other.txt [0-9a-f]{8}\n\n", out)
    assert "files: no difference" in nlpx_runs("diff", "v1", "v2").stdout
    (only,) = json.loads(nlpx_runs("diff", "same", "copy", "--json").stdout)["files"]
    assert only["key"] == "lexicon"
    assert only["b"]["path"].endswith("other.txt")


@pytest.mark.parametrize(
    ("one", "other", "differing"),
    [
        ({"train": "x", "dev": "y"}, {"train": "y", "dev": "x"}, {"train", "dev"}),
        ({"train": "x", "dev": "x"}, {"train": "x", "dev": "y"}, {"dev"}),
        ({"train": "x"}, {"train": "x", "dev": "x"}, {"dev"}),
        ({"encoder/vocab.txt": "x"}, {"inputs/vocab.txt": "x"}, set()),
        ({"train": None}, {"train": None}, {"train"}),
        (None, {"train": "x"}, {"train"}),
    ],
)
def test_files_are_told_apart_by_key_and_content(store, one, other, differing):
    runs = []
    for contents in (one, other):
        run = finished(store, "files")
        manifest = json.loads((run.path / "manifest.json").read_text())
        manifest["inputs"] = contents and {
            key: {"path": key} | ({"sha256": content} if content else {}) for key, content in contents.items()
        }
        (run.path / "manifest.json").write_text(json.dumps(manifest))
        runs.append(run.path)
    found = json.loads(nlpx_runs("diff", *runs, "--json").stdout)
    assert {pair["key"] for pair in found["files"]} == differing


def test_diff_leaves_out_what_neither_run_says(store):
    for name, extra in (("bare", {}), ("more", {"lexicon": None, "words": {"size": 3}})):
        finished(store, name, 0.5, **extra)
    out = nlpx_runs("diff", "bare", "more").stdout
    assert "words.size" in out
    assert "lexicon" not in out
    listed = json.loads(nlpx_runs("diff", "bare", "more", "--json").stdout)["config"]
    assert {pair["key"] for pair in listed} == {"name", "words.size"}


def test_diff_with_a_run_that_has_no_scores(store):
    lines = [line.split() for line in nlpx_runs("diff", "v1", "v3").stdout.splitlines()]
    assert ["dev.f1", "70.00", "%", "-", "-"] in lines


def test_diff_as_json(store):
    found = json.loads(nlpx_runs("diff", "v1", "v2", "--json").stdout)
    assert {"key": "seed", "a": 2, "b": 1} in found["config"]
    assert {"key": "dev.f1", "a": 0.7, "b": 0.9} in found["metrics"]


@pytest.mark.parametrize("command", [["show"], ["diff", "v1"], ["rm", "--yes"]])
def test_unknown_run_is_exit_5(store, command):
    result = nlpx_runs(*command, "v9")
    assert isinstance(result.exception, RunError)
    assert result.exception.exit_code == 5
    assert len(store.list()) == 3


def test_rm_asks_first(store):
    result = nlpx_runs("rm", "v1", stdin="n\n")
    assert "Remove tagging/v0001-low (finished, " in result.stdout
    assert result.stdout.endswith("nothing removed\n")
    assert nlpx_runs("rm", "v1", stdin="y\n").stdout.endswith(
        f"removed {store.root / 'tagging' / 'v0001-low'}\n"
    )
    assert [run.version for run in store.list()] == [2, 3]


def test_rm_without_an_answer_is_a_usage_error(store):
    result = nlpx_runs("rm", "v1", stdin="")
    assert isinstance(result.exception, UsageError)
    assert result.exception.todo == "add --yes to remove without asking"
    assert result.stdout.endswith("[y/N]: \n")
    assert len(store.list()) == 3


def test_rm_refuses_a_busy_run(store):
    with store.find("v3").lock():
        result = nlpx_runs("rm", "v3", "--yes")
    assert "tagging/v3 is busy" in str(result.exception)
    running = store.create("tagging")
    assert "is being written by process" in str(nlpx_runs("rm", running.ref, "--yes").exception)
    assert len(store.list()) == 4


@pytest.mark.parametrize("order", [("--runs-dir", "DIR", "show", "v1"), ("show", "v1", "--runs-dir", "DIR")])
def test_runs_dir_may_stand_before_or_after_the_command(template, order):
    result = nlpx_runs(*(template.root if word == "DIR" else word for word in order))
    assert result.stdout.startswith("tagging/v0001-low")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["best", "latest", "v0001-low", "v0002-高", "v0003-oops"]),
        ("v0001", ["v0001-low"]),
        ("tagging/b", ["tagging/best"]),
        (
            "tag",
            ["tagging/best", "tagging/latest", "tagging/v0001-low", "tagging/v0002-高", "tagging/v0003-oops"],
        ),
        ("x", []),
    ],
)
def test_completion(store, typed, offered):
    assert complete_run(typed) == offered


def test_completion_without_runs(tmp_path):
    assert complete_run("") == ["best", "latest"]


def test_completion_looks_where_the_command_would(template):
    command = SimpleNamespace(
        params={}, parent=SimpleNamespace(params={"runs_dir": template.root}, parent=None)
    )
    assert "v0001-low" in complete_run("v", command)


def test_commands_and_completion_import_nothing_heavy():
    code = "import sys, nlpx.runs, nlpx.cli.runs as r; r.complete_run(''); print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"tensorflow", "keras", "jax", "pandas", "sklearn", "numpy", "yaml", "psutil"}
    assert heavy.isdisjoint(done.stdout.split())
