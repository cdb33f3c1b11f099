"""The configs of the project: each of them is right, and says in its first lines what it is for."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from nlpx.cli.app import app

CONFIGS = sorted((Path(__file__).resolve().parents[2] / "configs").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_is_right_and_begins_with_what_it_is(path: Path) -> None:
    result = CliRunner().invoke(app, ["config", "check", str(path)])
    assert result.exit_code == 0, result.output
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_there_are_configs() -> None:
    assert len(CONFIGS) > 20
