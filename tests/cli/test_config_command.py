"""`nlpx config`: check, show, schema and init, as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from nlpx.cli.config import app
from nlpx.cli.config_table import print_values
from nlpx.config.load import load
from nlpx.errors import ConfigError, NlpxError, UsageError
from nlpx.task import get_task, task_names
from tests.config.toy import MINIMAL, Toy, load_toy


class ToyTask:
    """As much of a task as these commands look at."""

    Config = Toy

    def __init__(self, config: Toy) -> None:
        self.config = config

    def input_files(self) -> dict[str, Path]:
        return {}


def get_toy(name: str) -> type[ToyTask]:
    if name != "toy":
        raise UsageError(f"there is no task {name!r}")
    return ToyTask


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder in which there is one task, `toy`, and its config `toy.yaml`."""
    monkeypatch.setattr("nlpx.task.get_task", get_toy)
    monkeypatch.setattr("nlpx.task.task_names", lambda: ["toy"])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.yaml").write_text(MINIMAL)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def output(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exception is None, result.exception
    return result.output


def failure(*arguments: str) -> NlpxError:
    error = run(*arguments).exception
    assert isinstance(error, NlpxError)
    return error


def test_check_says_what_is_fine(folder: Path) -> None:
    (folder / "b.yaml").write_text(MINIMAL)
    assert output("check", "toy.yaml", "b.yaml") == "toy.yaml: ok (toy)\nb.yaml: ok (toy)\n"


def test_check_names_files_that_are_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, missing = folder / "toy.yaml", folder / "train.txt"
    monkeypatch.setattr(ToyTask, "input_files", lambda _: {"data.train": missing, "data.dev": here})
    assert output("check", "toy.yaml") == f"toy.yaml: ok (toy)\n  not there yet: data.train: {missing}\n"


def test_check_lists_everything_that_is_wrong(folder: Path) -> None:
    (folder / "bad.yaml").write_text(MINIMAL + "sed: 1\nnote: 2\n")
    error = failure("check", "bad.yaml")
    assert isinstance(error, ConfigError)
    assert str(error).splitlines() == [
        "bad.yaml has 2 errors",
        "  bad.yaml:3:1: sed: unknown key; did you mean seed?",
        "  bad.yaml:4:7: note: came 2; wanted text: put it in quotes",
        "`nlpx config init toy` prints every key with its meaning and default",
    ]


def test_check_goes_on_after_a_bad_file(folder: Path) -> None:
    (folder / "bad.yaml").write_text("task: tou\n")
    result = run("check", "bad.yaml", "toy.yaml", "none.yaml")
    assert result.output == "toy.yaml: ok (toy)\n"
    assert isinstance(result.exception, ConfigError)
    assert result.exception.what == "2 of 3 files have errors"
    assert result.exception.details == (
        "bad.yaml:1:7: task: came 'tou'; wanted one of toy, pretraining; did you mean toy?",
        "none.yaml: there is no such file",
    )


def test_check_takes_overrides(folder: Path) -> None:
    assert failure("check", "toy.yaml", "-S", "seed=x").details == (
        "--set seed=x: seed: came 'x' (text); wanted a whole number",
    )


def test_show_prints_every_value_with_its_origin(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NLPX_SET", "seed=7")
    text = output("show", "--config", "toy.yaml", "--set", "encoder.units=8")
    rows = [line.split(maxsplit=1) for line in text.splitlines()]
    assert rows[0] == ["key", "value" + " " * (rows[0][1].index("from") - 5) + "from"]
    found = {key: rest.split() for key, rest in rows}
    assert found["seed"] == ["7", "NLPX_SET"]
    assert found["encoder.units"] == ["8", "--set"]
    assert found["data.train"] == [f"{folder}/train.txt", "toy.yaml:2:8"]
    assert found["training.shuffle"] == ["true", "default"]
    assert found["stack"] == ["[]", "default"]


def test_show_columns_are_aligned_and_fit_a_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = load_toy(folder, sets=["note='" + "long " * 30 + "'"])
    print_values(loaded, force_terminal=True, width=80, color_system=None)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "".join(line.strip() for line in lines).count("long") == 30


def test_show_yaml_is_a_config_file(folder: Path) -> None:
    (folder / "resolved.yaml").write_text(output("show", "--yaml", "-c", "toy.yaml", "-S", "seed=3"))
    assert load(folder / "resolved.yaml", Toy).config == load_toy(folder, sets=["seed=3"]).config


def test_show_of_a_task_without_a_file_shows_its_defaults(folder: Path) -> None:
    assert "training.epochs" in output("show", "toy", "-S", "data.train=a.txt")
    error = failure("show", "toy")
    assert error.what == "the config has 1 error"


def test_show_needs_a_task_or_a_file(folder: Path) -> None:
    error = failure("show")
    assert (error.what, error.todo) == (
        "nlpx config show needs a task or a file",
        "try: nlpx config show --config FILE",
    )
    assert error.exit_code == 2


def test_schema_goes_to_stdout_or_to_a_file(folder: Path) -> None:
    text = output("schema", "toy")
    assert json.loads(text)["title"] == "Toy"
    assert output("schema", "toy", "-o", "new/toy.json") == ""
    assert (folder / "new" / "toy.json").read_text() == text
    assert failure("schema", "toy", "-o", "new/toy.json").what == "new/toy.json: is there already"
    assert output("schema", "toy", "-o", "new/toy.json", "--force") == ""


def test_init_writes_a_starter_that_passes_the_check(folder: Path) -> None:
    said = output("init", "toy", "configs/first.yaml")
    assert said == (
        "configs/first.yaml: fill in what stands without '#', then: nlpx train toy --config configs/first.yaml\n"
    )
    text = (folder / "configs" / "first.yaml").read_text()
    assert text.splitlines()[0] == "# yaml-language-server: $schema=toy.schema.json"
    assert json.loads((folder / "configs" / "toy.schema.json").read_text())["title"] == "Toy"
    assert output("check", "configs/first.yaml") == "configs/first.yaml: ok (toy)\n"
    assert load(folder / "configs" / "first.yaml", Toy).config.name == "first"


def test_init_prints_without_a_file(folder: Path) -> None:
    assert "\ntask: toy\n" in output("init", "toy")
    assert {path.name for path in folder.iterdir()} == {"toy.yaml"}


def test_init_overwrites_nothing(folder: Path) -> None:
    error = failure("init", "toy", "toy.yaml")
    assert (error.what, error.todo) == (
        "toy.yaml: is there already",
        "name another file, or replace it with --force",
    )
    assert (folder / "toy.yaml").read_text() == MINIMAL


@pytest.mark.parametrize("command", ["schema", "init", "show"])
def test_an_unknown_task_is_a_usage_error(folder: Path, command: str) -> None:
    assert isinstance(failure(command, "tou"), UsageError)


@pytest.mark.parametrize("task", task_names())
def test_installed_tasks_have_starters_that_load_and_dumps_that_read_back(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    output("init", task, "a.yaml")
    assert output("check", "a.yaml").startswith(f"a.yaml: ok ({task})\n")
    (tmp_path / "b.yaml").write_text(output("show", "-c", "a.yaml", "--yaml"))
    model = get_task(task).Config
    assert load(tmp_path / "b.yaml", model).config == load(tmp_path / "a.yaml", model).config


@pytest.mark.parametrize("task", task_names())
def test_every_key_of_installed_tasks_is_described(task: str) -> None:
    text = output("schema", task)
    undescribed = [
        f"{section}.{key}"
        for section, node in _sections(json.loads(text))
        for key, field in node.items()
        if not {"description", "$ref"} & field.keys() and key != "type"
    ]
    assert undescribed == []


def _sections(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    nodes = {"": schema, **schema.get("$defs", {})}
    return [(name, node.get("properties", {})) for name, node in nodes.items()]


def test_configs_are_handled_without_heavy_imports() -> None:
    code = (
        "import sys, nlpx.cli.config, nlpx.cli.config_table, nlpx.config.load, nlpx.config.dump, "
        "nlpx.config.schema, nlpx.config.starter; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"tensorflow", "keras", "pandas", "sklearn", "numpy", "jax"}
    assert not heavy & {name.split(".")[0] for name in done.stdout.split()}
