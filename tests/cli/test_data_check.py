"""`nlpx data check`: missing files, official files, odd things."""

import hashlib

import pytest

from tests.pipeline.tiny import CRFSUITE, nlpx, write_experiment
from tests.tasks.entity_linking.el_samples import CONFIG, write_task

CATALOGUE = """\
el/ccks2019:
  title: the real thing
  get: https://example.org
  official:
    kb_data: {{bytes: {size}, sha256: {sha256}}}
"""


@pytest.fixture
def official(tmp_path, monkeypatch):
    """A data folder whose catalogue knows the knowledge base; returns the config's path."""
    monkeypatch.setenv("NLPX_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "data" / "el" / "ccks2019"
    config = write_task(folder, CONFIG)
    content = (folder / "kb_data").read_bytes()
    text = CATALOGUE.format(size=len(content), sha256=hashlib.sha256(content).hexdigest())
    (tmp_path / "data" / "catalogue.yaml").write_text(text)
    return config


def test_official_files_are_recognised_and_odd_things_counted(official):
    result = nlpx("data", "check", official)
    assert result.exit_code == 0, result.output
    rows = {" ".join(line.split()) for line in result.stdout.splitlines()}
    assert f"data.kb {official.parent / 'kb_data'}, the official file ok" in rows
    assert {"train: texts 12", "train: nil 1", "train: text without a mention 6 odd"} <= rows
    assert "kb: entity without a description 2 odd" in rows


@pytest.mark.parametrize(("change", "message"), [(b"\n", "the official file has"), (b"", "another content")])
def test_other_files_of_that_name_are_told_from_it(official, change, message):
    kb = official.parent / "kb_data"
    content = kb.read_bytes()
    kb.write_bytes(content + change if change else content.replace("歌手".encode(), "哥手".encode()))
    result = nlpx("data", "check", official)
    assert result.exit_code == 4
    assert message in result.output


def test_missing_files_are_told_all_at_once_with_where_to_get_them(official):
    for name in ("kb_data", "train.json"):
        (official.parent / name).unlink()
    result = nlpx("data", "check", official)
    assert result.exit_code == 4
    assert "2 files are missing" in result.stderr
    assert "get it from https://example.org" in result.stderr


def test_any_task_can_be_checked(tmp_path):
    result = nlpx("data", "check", write_experiment(tmp_path, CRFSUITE))
    assert result.exit_code == 0, result.output
    assert "train: examples" in result.stdout
