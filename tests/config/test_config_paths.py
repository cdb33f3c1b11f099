"""Paths in configs: variables, the data folder, and what relative paths are relative to."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlpx.config.data_folder import data_folder, short_path, source_data_folder
from tests.config.toy import errors, load_toy


def train(folder: Path, text: str, **options: object) -> Path:
    return load_toy(folder, f"task: toy\ndata: {{train: {text}}}", **options).config.data.train


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a.txt", "{folder}/a.txt"),
        ("./b/../a.txt", "{folder}/a.txt"),
        ("/abs/a.txt", "/abs/a.txt"),
        ("'${CORPUS}/a.txt'", "/corpus/a.txt"),
        ("'${CORPUS}${CORPUS}'", "/corpus/corpus"),
        ("'${NAME}.txt'", "{folder}/中文.txt"),
        ("'a$$b$c'", "{folder}/a$b$c"),
        ("'$${CORPUS}'", "{folder}/${{CORPUS}}"),
        ("'${NLPX_DATA}/ner/train.bio'", "/corpora/ner/train.bio"),
        ("a b.txt", "{folder}/a b.txt"),
    ],
)
def test_paths_are_absolute_and_variables_expand(tmp_path: Path, text: str, path: str) -> None:
    env = {"CORPUS": "/corpus", "NAME": "中文", "NLPX_DATA": "/corpora"}
    assert train(tmp_path, text, env=env) == Path(path.format(folder=tmp_path))


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert train(tmp_path, "~/a.txt") == Path("/home/me/a.txt")


def test_paths_of_overrides_start_at_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "shell").mkdir()
    monkeypatch.chdir(tmp_path / "shell")
    for options in (
        {"sets": ["data.dev=d.txt"]},
        {"env": {"NLPX_SET": "data={train: train.txt, dev: d.txt}"}},
    ):
        data = load_toy(tmp_path / "configs", **options).config.data
        assert data.dev == tmp_path / "shell" / "d.txt"
    assert load_toy(tmp_path / "configs").config.data.train == tmp_path / "configs" / "train.txt"


def test_dots_stay_where_a_link_gives_them_another_meaning(tmp_path: Path) -> None:
    (tmp_path / "far" / "away").mkdir(parents=True)
    (tmp_path / "near").symlink_to(tmp_path / "far" / "away")
    assert train(tmp_path, "near/../a.txt").resolve() == tmp_path / "far" / "a.txt"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("'${CORPSU}/a'", "the environment variable CORPSU is not set; wanted a path; did you mean ${CORPUS}?"),
        ("'${NLPX_DTA}/a'", "the environment variable NLPX_DTA is not set; wanted a path; did you mean ${NLPX_DATA}?"),
        ("'${XYZ}/a'", "the environment variable XYZ is not set; wanted a path"),
        ("'${EMPTY}/a'", "the environment variable EMPTY is empty; wanted a path"),
        ("'${a-b}/a'", "came ${a-b}; wanted a variable's name"),
        ("'${}'", "came ${}; wanted a variable's name"),
        ("''", "came an empty text; wanted a path"),
        ("3", "came 3; wanted a path: put it in quotes"),
        ("[a]", "came a list; wanted a path"),
    ],
)  # fmt: skip
def test_paths_that_mean_nothing_are_errors(tmp_path: Path, text: str, message: str) -> None:
    text = f"task: toy\ndata:\n  train: {text}\n"
    assert errors(tmp_path, text, env={"CORPUS": "/c", "EMPTY": ""}) == [
        f"toy.yaml:3:10: data.train: {message}"
    ]


@pytest.mark.parametrize("mark", ["pyproject.toml", "Makefile", ".git"])
def test_the_data_folder_is_that_of_the_yamls_project(tmp_path: Path, mark: str) -> None:
    (tmp_path / mark).touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "configs" / "deep" / "data").mkdir(parents=True)
    assert data_folder(tmp_path / "configs" / "deep", {}) == tmp_path / "data"


def test_the_variable_wins_over_the_projects_data(tmp_path: Path) -> None:
    (tmp_path / "Makefile").touch()
    (tmp_path / "data").mkdir()
    assert data_folder(tmp_path, {"NLPX_DATA": "/corpora"}) == Path("/corpora")
    assert data_folder(tmp_path, {"NLPX_DATA": "mine"}) == Path.cwd() / "mine"
    assert data_folder(tmp_path, {"NLPX_DATA": ""}) == tmp_path / "data"


def test_outside_of_projects_the_data_folder_is_that_of_the_source_tree(
    tmp_path: Path, project: Path
) -> None:
    assert source_data_folder() == project / "data"
    assert data_folder(tmp_path, {}) == project / "data"


def test_without_a_source_tree_the_data_folder_lies_beside_the_yaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nlpx.config.data_folder.source_data_folder", lambda: None)
    assert data_folder(tmp_path, {}) == tmp_path / "data"


def test_paths_are_told_as_people_write_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    env = {"NLPX_DATA": str(tmp_path.parent / "data")}
    assert short_path(tmp_path / "work" / "a.txt", env) == "work/a.txt"
    assert short_path(tmp_path.parent / "data" / "ner" / "a.txt", env) == "$NLPX_DATA/ner/a.txt"
    assert short_path(tmp_path.parent / "other.txt", env) == str(tmp_path.parent / "other.txt")
    assert short_path(tmp_path.parent / "other.txt", {}) == str(tmp_path.parent / "other.txt")
