"""Loading a config: layers, origins, and what a loaded config carries."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from nlpx.config.base import ExperimentConfig
from nlpx.config.load import find_task, load
from nlpx.errors import ConfigError
from tests.config.toy import MINIMAL, Bilstm, Dgcnn, Holdout, Toy, errors, load_toy


def test_defaults_fill_what_the_file_leaves_out(tmp_path: Path) -> None:
    config = load_toy(tmp_path).config
    assert config.training.batch_size == 32
    assert config.encoder == Bilstm()


@pytest.mark.parametrize(
    ("text", "variable", "sets", "seed", "origin"),
    [
        ("", "", [], 0, "default"),
        ("seed: 1", "", [], 1, "{file}:3:1"),
        ("seed: 1", "seed=2", [], 2, "NLPX_SET"),
        ("seed: 1", "seed=2", ["seed=3"], 3, "--set"),
        ("seed: 1", "seed=2", ["seed=3", "seed=4"], 4, "--set"),
        ("", "seed=2;seed=5", [], 5, "NLPX_SET"),
    ],
)
def test_flags_win_over_environment_over_file_over_defaults(
    tmp_path: Path, text: str, variable: str, sets: list[str], seed: int, origin: str
) -> None:
    loaded = load_toy(tmp_path, MINIMAL + text, env={"NLPX_SET": variable}, sets=sets)
    assert loaded.config.seed == seed
    assert loaded.origins["seed"] == origin.format(file=tmp_path / "toy.yaml")


def test_values_of_flags_of_their_own_win_and_none_is_a_flag_not_given(tmp_path: Path) -> None:
    values = {"seed": 9, "name": None, "training.epochs": 2}
    loaded = load_toy(tmp_path, values=values, sets=["seed=3", "name=b"])
    assert (loaded.config.seed, loaded.config.name, loaded.config.training.epochs) == (9, "b", 2)
    assert (loaded.origins["seed"], loaded.origins["training.epochs"]) == ("--seed", "--training.epochs")


def test_every_resolved_value_has_an_origin(tmp_path: Path) -> None:
    text = MINIMAL + "encoder:\n  units: 8\nstack: [{type: dgcnn, widths: [3, 4]}]\n"
    origins = load_toy(tmp_path, text, sets=["stack.0.widths.1=7"]).origins
    file = tmp_path / "toy.yaml"
    assert {key: origin for key, origin in origins.items() if origin != "default"} == {
        "task": f"{file}:1:1",
        "data.train": f"{file}:2:8",
        "encoder.units": f"{file}:4:3",
        "stack.0.type": f"{file}:5:10",
        "stack.0.widths.0": f"{file}:5:32",
        "stack.0.widths.1": "--set",
    }
    assert {"encoder.type", "training.epochs", "labels", "data.dev", "stack.0.kernel"} <= origins.keys()


def test_the_name_is_that_of_the_file_unless_given(tmp_path: Path) -> None:
    file = tmp_path / "my config (2).yaml"
    file.write_text(MINIMAL)
    loaded = load(file, Toy, env={})
    assert (loaded.config.name, loaded.origins["name"]) == ("my-config-2", "default")
    assert load(file, Toy, env={}, sets=["name=x"]).config.name == "x"


def test_a_loaded_config_keeps_the_text_as_written(tmp_path: Path) -> None:
    loaded = load_toy(tmp_path, "\ufeff# mine\n" + MINIMAL)
    assert loaded.source == "# mine\n" + MINIMAL
    assert loaded.path == tmp_path / "toy.yaml"


def test_without_a_file_overrides_make_a_config() -> None:
    loaded = load(None, Toy, sets=["task=toy", "data.train=/a"], env={})
    assert (loaded.config.data.train, loaded.config.name, loaded.source) == (Path("/a"), "run", "")


def test_the_process_environment_is_used_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NLPX_SET", "seed=5")
    assert load_toy(tmp_path, env=None).config.seed == 5


def test_configs_do_not_change(tmp_path: Path) -> None:
    config = load_toy(tmp_path).config
    with pytest.raises(ValidationError):
        config.seed = 3


def test_a_section_that_does_not_say_its_kind_is_of_the_default_kind(tmp_path: Path) -> None:
    loaded = load_toy(tmp_path, MINIMAL + "encoder: {units: 9}")
    assert loaded.config.encoder == Bilstm(units=9)
    assert loaded.origins["encoder.type"] == "default"
    assert load_toy(tmp_path, MINIMAL + "encoder: {type: dgcnn}").config.encoder == Dgcnn()


def test_a_key_may_hold_a_path_or_a_section(tmp_path: Path) -> None:
    assert load_toy(tmp_path, sets=["data.dev=/x"]).config.data.dev == Path("/x")
    assert load_toy(tmp_path, sets=["data.dev.holdout=0.2"]).config.data.dev == Holdout(holdout=0.2)


def test_find_task_reads_the_key_task(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("task: toy\nanything: else\n")
    assert find_task(file, ["toy", "other"], env={}) == "toy"
    assert find_task(file, ["toy", "other"], sets=["task=other"], env={}) == "other"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("task: tou", "a.yaml:1:7: task: came 'tou'; wanted one of toy, other; did you mean toy?"),
        ("task: 3", "a.yaml:1:7: task: came 3; wanted one of toy, other"),
        ("seed: 3", "a.yaml:1:1: task: missing; wanted one of toy, other"),
        ("- x", "a.yaml:1:1: came a list; wanted `key: value` lines"),
        ("", "a.yaml:1:1: task: missing; wanted one of toy, other"),
    ],
)
def test_find_task_says_which_tasks_there_are(tmp_path: Path, text: str, line: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        find_task(file, ["toy", "other"], env={})
    assert [detail.removeprefix(f"{tmp_path}/") for detail in caught.value.details] == [line]


@pytest.mark.parametrize(
    ("name", "what", "todo"),
    [
        ("nre.yaml", "there is no such file", "did you mean {folder}/ner.yaml?"),
        ("zzz.yaml", "there is no such file", "give the path of a YAML file"),
        ("no/ner.yaml", "there is no such file", "give the path of a YAML file"),
        (".", "cannot be read: Is a directory", "give the path of a YAML file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, what: str, todo: str) -> None:
    (tmp_path / "ner.yaml").touch()
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / name, Toy, env={})
    assert (caught.value.what, caught.value.todo) == (
        f"{tmp_path / name}: {what}",
        todo.format(folder=tmp_path),
    )


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    (line,) = errors(tmp_path, b"#" * 2**21)
    assert line == "toy.yaml:1:1: came 1,048,577 bytes; wanted at most 1,048,576 (1 MiB)"


def test_a_config_of_another_task_is_one_mistake(tmp_path: Path) -> None:
    text = "task: entity_linking\ndata: {kb: kb.jsonl, train: train.json}\nsubmission: {format: ccks2019}\n"
    with pytest.raises(ConfigError) as caught:
        load_toy(tmp_path, text)
    file = tmp_path / "toy.yaml"
    assert (caught.value.what, caught.value.details) == (
        f"{file}:1:7: task: came 'entity_linking'; wanted toy",
        (),
    )
    assert caught.value.todo == f"if you mean this file: nlpx train entity_linking --config {file}"


def test_a_config_of_another_task_tells_what_is_wrong_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_toy(tmp_path, "task: classification\nseed: 1\nseed: 2\n", sets=["sede=3"])
    assert "1:7: task: came 'classification'" in caught.value.what
    (line,) = caught.value.details
    assert "seed" in line


def test_a_config_of_any_task_reads_every_task(tmp_path: Path) -> None:
    (tmp_path / "any.yaml").write_text("task: classification\n")
    assert load(tmp_path / "any.yaml", ExperimentConfig, env={}).config.task == "classification"


def test_a_misspelt_task_is_told_with_everything_else(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_toy(tmp_path, MINIMAL.replace("task: toy", "task: toyy") + "sede: 1\n")
    assert len(caught.value.details) == 2
