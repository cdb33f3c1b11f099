"""The table of all runs."""

import csv
import io
import json
import shutil
from collections import Counter

import pytest

from nlpx.runs import RunStore
from nlpx.runs.leaderboard import COLUMNS, leaderboard
from nlpx.runs.render import difference_text, duration, score_text, to_csv, to_json, to_markdown, value_text
from tests.runs.sample_runs import ended, finished, metrics, write_config


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Two scores, a smoke run, a failed and an interrupted run."""
    store = RunStore(tmp_path_factory.mktemp("template"))
    finished(store, "low", 0.7, seed=2)
    finished(store, "high", 0.9)
    finished(store, "toy", 0.99, smoke=True)
    ended(store, "failed", "oops", encoder={"type": "bilstm", "units": 512}, seed=3)
    ended(store, "interrupted")
    return store


@pytest.fixture
def store(template, tmp_path):
    """A copy of the template to do anything with."""
    shutil.copytree(template.root, tmp_path / "runs")
    return RunStore(tmp_path / "runs")


def rows(store: RunStore) -> list[dict]:
    return leaderboard(store.list()).to_dict(orient="records")


def test_best_comes_first_and_runs_without_a_score_last(store):
    assert [row["name"] for row in rows(store)] == ["high", "low", "toy", "oops", ""]
    assert [row["status"] for row in rows(store)] == ["finished"] * 2 + [
        "finished (smoke)",
        "failed",
        "interrupted",
    ]
    assert [row["best"] for row in rows(store)] == [True, False, False, False, False]


def test_differences_are_to_the_best(store):
    assert [row["differs"] for row in rows(store)] == [
        {},
        {"seed": 2},
        {},
        {"seed": 3, "encoder.units": 512},
        {},
    ]


def test_missing_and_failed_look_different(store):
    assert [score_text(row) for row in rows(store)] == [
        "90.00 ± 1.00",
        "70.00 ± 1.00",
        "99.00 ± 1.00",
        "!",
        "-",
    ]


def test_tasks_have_a_best_each(store):
    finished(store, "link", 0.2, task="linking")
    table = leaderboard(store.list())
    assert list(table[table["best"] == True]["name"]) == ["link", "high"]  # noqa: E712 - a column, not a bool


def test_runs_on_other_texts_have_a_best_of_their_own(tmp_path):
    store = RunStore(tmp_path)
    for name, dev, f1 in (
        ("weibo", "/a/weibo/dev.txt", 0.6),
        ("msra", {"holdout": 0.1}, 0.9),
        ("again", "/a/weibo/dev.txt", 0.5),
    ):
        finished(store, name, f1, data={"train": "/a/msra/train.txt", "dev": dev})
    found = [(row["data"], row["name"], row["best"]) for row in rows(store)]
    assert found == [
        ("10% of msra/train.txt", "msra", True),
        ("weibo/dev.txt", "weibo", True),
        ("weibo/dev.txt", "again", False),
    ]


def test_other_content_under_the_same_name_is_other_data(tmp_path):
    store, dev = RunStore(tmp_path / "runs"), tmp_path / "dev.txt"
    for content in ("one", "two", "two"):
        dev.write_text(content)
        run = store.create("tagging", content)
        write_config(run, {"data": {"dev": str(dev)}})
        run.add_input(dev, "data.dev")
        run.finish(metrics(0.5))
    groups = Counter(row["data"] for row in rows(store))
    assert sorted(groups.values()) == [1, 2]
    assert {name.split(" (")[0] for name in groups} == {f"{tmp_path.name}/dev.txt"}


def test_a_folder_of_data_is_known_by_all_of_its_files(tmp_path):
    store, folder = RunStore(tmp_path / "runs"), tmp_path / "dev"
    folder.mkdir()
    for negative in ("bad", "worse", "worse"):
        run = store.create("tagging")
        write_config(run, {"data": {"dev": str(folder)}})
        for name, content in (("pos.txt", "good"), ("neg.txt", negative)):
            (folder / name).write_text(content)
            run.add_input(folder / name, f"data.dev/{name}")
        run.finish(metrics(0.5))
    assert sorted(Counter(row["data"] for row in rows(store)).values()) == [1, 2]


def test_damaged_runs_are_listed_all_the_same(store):
    for run in store.list():
        for name in ("manifest.json", "metrics.json", "config.yaml"):
            (run.path / name).write_text("{")
    assert [row["value"] for row in rows(store)] == [None] * 5
    assert [row["differs"] for row in rows(store)] == [None] * 5


def test_empty_store_has_the_columns(tmp_path):
    table = leaderboard(RunStore(tmp_path).list())
    assert list(table.columns) == list(COLUMNS)
    assert to_json(table) == "[]"
    assert len(to_csv(table).splitlines()) == 1
    assert len(to_markdown(table).splitlines()) == 2


def test_json_reads_back(store):
    read = json.loads(to_json(leaderboard(store.list())))
    assert read == rows(store)
    assert (read[0]["version"], read[0]["value"], read[-1]["value"]) == (2, 0.9, None)


def test_csv_reads_back(store):
    read = list(csv.DictReader(io.StringIO(to_csv(leaderboard(store.list())))))
    assert [row["version"] for row in read] == ["2", "1", "3", "4", "5"]
    assert json.loads(read[3]["differs"]) == {"encoder.units": 512, "seed": 3}


def test_markdown_is_one_table(store):
    lines = to_markdown(leaderboard(store.list())).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert lines[2].startswith("| tagging |  | v2 | high | finished | dev f1 | 90.00 ± 1.00 % | ")
    assert lines[2].endswith("| (best) |")


@pytest.mark.parametrize(
    ("differs", "text"),
    [
        (None, "-"),
        ({}, "(nothing)"),
        ({"encoder.units": 512, "seed": 3}, "units=512, seed=3"),
        ({"a.units": 1, "b.units": None}, "a.units=1, b.units=null"),
        (dict.fromkeys("abcdef", True), "a=true, b=true, c=true, d=true and 2 more"),
    ],
)
def test_difference_text(differs, text):
    assert difference_text({"best": False, "differs": differs}) == text


def test_long_values_are_shortened():
    assert value_text("/very/long/path/to/some/folder/train.bio") == "/very/long/pat…lder/train.bio"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "-"),
        (0.44, "0.4s"),
        (45, "45s"),
        (59.9, "1m00s"),
        (723, "12m03s"),
        (7500, "2h05m"),
        (360_000, "100h00m"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_pretrainings_compete_on_the_same_held_out_blocks_only(tmp_path):
    store = RunStore(tmp_path / "runs")
    (tmp_path / "a.txt").write_text("一")
    (tmp_path / "b.txt").write_text("二")

    def pretrained(name, f1, texts="a.txt", length=128, repeat=1):
        source = {"path": texts, "format": "text", "repeat": repeat}
        data = {"texts": [source], "holdout": 0.005, "judged": 512}
        run = store.create("pretraining", name)
        write_config(run, {"data": data, "objective": {"type": "mlm", "length": length, "share": 0.15}})
        run.add_input(tmp_path / texts, "texts.0")
        run.finish(metrics(f1))

    pretrained("one", 0.3)
    pretrained("again", 0.4, repeat=2)  # trained on more often, judged by the same
    pretrained("longer", 0.9, length=256)
    pretrained("other", 0.8, texts="b.txt")
    found = rows(store)
    assert [row["name"] for row in found if row["best"]] == ["again", "other", "longer"]
    assert {row["data"] for row in found} == {
        f"mlm, {n} tokens: {name}.txt" for n, name in ((128, "a"), (256, "a"), (128, "b"))
    }
