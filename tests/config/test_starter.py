"""The starter file: loads as it is, and says the truth about every default."""

from __future__ import annotations

import re
from pathlib import Path

from nlpx.config.load import leaves
from nlpx.config.starter import WIDTH, starter
from tests.config.toy import Toy, load_toy

TEXT = starter(Toy, "toy", "toy", "toy.schema.json")


def woken(text: str) -> str:
    """The starter with the `#` in front of every key taken away."""
    return re.sub(r"^( *)#(?=\S|  )", r"\1", text, flags=re.MULTILINE)


def test_a_starter_loads_as_it_is(tmp_path: Path) -> None:
    config = load_toy(tmp_path, TEXT).config
    assert config == load_toy(tmp_path, "data: {train: train.txt}").config


def test_woken_keys_hold_the_defaults(tmp_path: Path) -> None:
    loaded = load_toy(tmp_path, woken(TEXT))
    assert loaded.config == load_toy(tmp_path, TEXT).config
    assert "default" not in loaded.origins.values()


def test_every_key_is_in_the_starter(tmp_path: Path) -> None:
    config = load_toy(tmp_path).config
    for path, _ in leaves(config.model_dump(mode="json")):
        assert re.search(rf"^[ #]*{path[-1]}:", TEXT, re.MULTILINE)


def test_keys_that_must_be_given_are_awake_and_the_others_asleep() -> None:
    awake = [line for line in TEXT.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert awake == ["task: toy", "data:", "  train: train.txt"]


def test_prose_tells_meaning_choices_and_bounds() -> None:
    assert TEXT.startswith("# yaml-language-server: $schema=toy.schema.json\n# A task for tests.\n")
    assert "\n#  # Units per direction. (more than 0 and at most 5000)\n#  units: 200\n" in TEXT
    assert "\n# The encoder. (type: one of bilstm, dgcnn)\n#encoder:\n" in TEXT
    assert "\n#  # Update rule. (one of adam, sgd)\n#  optimizer: adam\n" in TEXT
    assert "\n  # A file, or {holdout: 0.1} of train.\n  #dev: null\n" in TEXT


def test_lines_are_short() -> None:
    assert max(map(len, TEXT.splitlines())) <= WIDTH
