"""The generator of large knowledge bases writes the official format with the official statistics."""

from __future__ import annotations

import runpy

import pytest

from nlpx.tasks.entity_linking.data import read, read_kb


@pytest.fixture(scope="module")
def folder(project_files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated")
    project_files["make"](folder, entities=3000, texts=900)
    return folder


@pytest.fixture(scope="module")
def project_files(request):
    return runpy.run_path(str(request.config.rootpath / "benchmarks" / "make_ccks2019_like.py"))


def test_the_knowledge_base(folder):
    entities = list(read_kb(folder / "kb_data"))
    assert len(entities) == len({entity.id for entity in entities}) == 3000
    assert 4 < sum(len(entity.name) for entity in entities) / 3000 < 6
    assert 150 < sum(len(value) for entity in entities for _, value in entity.attributes) / 3000 < 250
    assert 0.05 < sum(entity.name not in entity.aliases for entity in entities) / 3000 < 0.11
    assert len({entity.name for entity in entities}) < 2700


def test_the_texts(folder):
    texts, report = read(folder / "train.json")
    ids = {entity.id for entity in read_kb(folder / "kb_data")}
    mentions = [mention for text in texts for mention in text.mentions]
    assert all(text.text[m.start : m.end] == m.surface for text in texts for m in text.mentions)
    assert {mention.entity_id for mention in mentions} <= {*ids, None}
    assert (len(texts), report.bad_lines) == (900, 0)
    assert 3 < len(mentions) / 900 < 4
    assert 0.13 < report.nil / len(mentions) < 0.2
    assert 18 < sum(len(text.text) for text in texts) / 900 < 27
    assert not any(text.labelled for text in read(folder / "develop.json")[0])
