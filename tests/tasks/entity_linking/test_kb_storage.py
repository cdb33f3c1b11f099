"""The files of a knowledge base: whole or not there, and never silently damaged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time

import pytest

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.data import read_kb
from nlpx.tasks.entity_linking.entity import Entity
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase, cached_knowledge_base, folding
from tests.tasks.entity_linking.kb_samples import ENTITIES


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return KnowledgeBase.build(ENTITIES, tmp_path_factory.mktemp("kb") / "kb").folder


@pytest.fixture
def folder(template, tmp_path):
    return shutil.copytree(template, tmp_path / "kb")


def files(folder):
    return sorted(json.loads((folder / "manifest.json").read_text())["files"])


def test_every_file_is_checked(template):
    assert files(template) == sorted(path.name for path in template.iterdir() if path.name != "manifest.json")


def test_damaged_files_are_all_named(folder):
    for name in files(folder):
        path = folder / name
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    with pytest.raises(DataError) as error:
        KnowledgeBase.open(folder)
    assert error.value.details == tuple(
        f"{folder / name}: changed since it was built" for name in files(folder)
    )


@pytest.mark.parametrize("name", ["names.marisa", "scan.keys.npy", "entities.jsonl"])
def test_truncated_and_missing_files(folder, name):
    path = folder / name
    size = path.stat().st_size
    os.truncate(path, size // 2)
    with pytest.raises(DataError) as error:
        KnowledgeBase.open(folder)
    assert error.value.details == (f"{path}: {size // 2:,} bytes, wanted {size:,}",)
    path.unlink()
    with pytest.raises(DataError) as error:
        KnowledgeBase.open(folder)
    assert error.value.details == (f"{path}: missing",)


def test_a_change_that_hides_its_time_is_found_by_verify(folder):
    KnowledgeBase.open(folder)  # notes the times of the copied files
    path = folder / "entities.jsonl"
    status, data = path.stat(), path.read_bytes()
    path.write_bytes(data.replace("歌手".encode(), "医生".encode()))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(DataError) as error:
        KnowledgeBase.open(folder).verify()
    assert error.value.details == (f"{path}: changed since it was built",)


def test_a_copy_is_read_through_once(folder, monkeypatch):
    KnowledgeBase.open(folder).verify()
    monkeypatch.setattr(
        "nlpx.tasks.entity_linking.knowledge_base.storage.sha256", lambda path: pytest.fail("read")
    )
    assert KnowledgeBase.open(folder).candidates("李娜").ids == ["1", "2", "3"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": 1, "folding": 1, "files": 3}', "\xff"])
def test_a_damaged_manifest(folder, content):
    (folder / "manifest.json").write_text(content, encoding="latin-1")
    with pytest.raises(DataError, match=r"manifest\.json: damaged"):
        KnowledgeBase.open(folder)


def test_no_knowledge_base_there(tmp_path):
    with pytest.raises(DataError, match="no knowledge base here"):
        KnowledgeBase.open(tmp_path)


def test_one_that_folds_names_by_other_rules_is_not_opened(folder, monkeypatch):
    monkeypatch.setattr(folding, "VERSION", folding.VERSION + 1)
    with pytest.raises(DataError, match="another version"):
        KnowledgeBase.open(folder)


def test_what_is_no_knowledge_base_is_never_replaced(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1").write_text("…")
    with pytest.raises(DataError, match="is no knowledge base"):
        KnowledgeBase.build(ENTITIES, tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter1").exists()


def test_a_failing_build_leaves_what_was_there(folder):
    def entities():
        yield Entity("1", "新")
        raise DataError("line 2 is broken")

    with pytest.raises(DataError, match="line 2"):
        KnowledgeBase.build(entities(), folder)
    assert list(KnowledgeBase.open(folder)) == ENTITIES
    assert [path.name for path in folder.parent.iterdir()] == ["kb"]


def test_what_killed_builds_left_is_removed_after_a_day(tmp_path):
    for name, age in ((".kb.1.new", 100_000), (".kb.2.new", 10)):
        (tmp_path / name).mkdir()
        then = time.time() - age
        os.utime(tmp_path / name, (then, then))
    KnowledgeBase.build(ENTITIES, tmp_path / "kb")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".kb.2.new", "kb"]


def test_building_again_replaces_it_while_others_still_read(folder):
    before = KnowledgeBase.open(folder)
    after = KnowledgeBase.build(ENTITIES[:1], folder)
    assert (len(after), len(list(before))) == (1, len(ENTITIES))


def test_the_same_content_has_the_same_bytes(template, tmp_path):
    again = KnowledgeBase.build(ENTITIES, tmp_path / "again").folder
    assert {name: (again / name).read_bytes() for name in files(again)} == {
        name: (template / name).read_bytes() for name in files(template)
    }


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "kb.jsonl"
    path.write_text('{"id": "1", "name": "李娜"}\n')
    return path


def test_the_cache_builds_once_per_content(source, tmp_path):
    first = cached_knowledge_base(source, tmp_path / "cache", read_kb)
    again = cached_knowledge_base(source, tmp_path / "cache", lambda path: pytest.fail("built again"))
    assert again.fingerprint == first.fingerprint
    source.write_text('{"id": "2", "name": "李娜"}\n')
    changed = cached_knowledge_base(source, tmp_path / "cache", read_kb)
    assert (first.candidates("李娜").ids, changed.candidates("李娜").ids) == (["1"], ["2"])
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_damaged_cache_is_built_again_and_keeps_what_was_added(source, tmp_path, caplog):
    first = cached_knowledge_base(source, tmp_path / "cache", read_kb).add([Entity("2", "长城")])
    os.truncate(first.folder / "names.marisa", 10)
    again = cached_knowledge_base(source, tmp_path / "cache", read_kb)
    assert (again.fingerprint, again.candidates("长城").ids) == (first.fingerprint, ["2"])
    assert "building it again" in caplog.text


def test_the_source_is_missing(tmp_path):
    with pytest.raises(DataError, match="can't be read"):
        cached_knowledge_base(tmp_path / "none", tmp_path, read_kb)


def test_nothing_heavy_is_imported():
    code = "import sys, nlpx.tasks.entity_linking.knowledge_base as _; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"tensorflow", "keras", "pandas", "sklearn", "scipy"} & set(modules)
