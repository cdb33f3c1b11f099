"""What the README says exists."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from nlpx.cli.app import app

COMMANDS = (
    "train",
    "predict",
    "evaluate",
    "explain",
    "submit",
    "report",
    "runs",
    "config init",
    "config check",
    "config schema",
)


@pytest.fixture(params=["README.md", "README.zh.md"])
def readme(project, request):
    return (project / request.param).read_text("utf-8")


def test_options_in_the_readme_exist(readme):
    known = {
        option
        for command in ((), *(command.split() for command in COMMANDS))
        for option in re.findall(r"--[a-z-]+", CliRunner().invoke(app, [*command, "--help"]).stdout)
    }
    assert known >= set(re.findall(r"(?<!\S)`?(--[a-z-]+)", readme))


def test_folders_configs_and_links_of_the_readme_exist(project, readme):
    folders = re.findall(r"^\| `([a-z/]+/)`", readme, re.MULTILINE)
    configs = re.findall(r"configs/\w+\.yaml", readme)
    links = re.findall(r"\]\(([^)]+)\)", readme)
    assert len(folders) > 10 or "## The folders" not in readme
    assert [name for name in (*folders, *configs, *links) if not (project / name).exists()] == []


def test_targets_of_the_readme_exist(project, readme):
    makefile = (project / "Makefile").read_text("utf-8")
    for target in set(re.findall(r"make ([a-z]+)", readme)):
        assert f"\n{target}: " in makefile


def test_both_languages_tell_the_same_scores(project):
    tables = [
        re.findall(r"^\|[^|]*\|[^|]*F1 \|.*|^\|[^|]*\| (?:accuracy|准确率) \|.*", text, re.MULTILINE)
        for text in ((project / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
    ]
    english, chinese = [[re.findall(r"\d+\.\d|–", row.split("|", 3)[3]) for row in table] for table in tables]
    assert len(english) > 5
    assert {len(row) for row in english} == {3}
    assert english == chinese


def test_the_readme_is_short(readme):
    assert len(readme.splitlines()) < 125
