"""`nlpx kb`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from nlpx.cli.app import app
from nlpx.tasks.entity_linking.knowledge_base import KnowledgeBase
from nlpx.tasks.entity_linking.knowledge_base.closeness import distance

ROWS = [
    {"id": "1", "name": "李娜", "description": "中国女子网球运动员", "type": "Human"},
    {"id": "2", "name": "李娜", "aliases": ["娜娜"], "type": ["Human", "Singer"]},
    {"id": "3", "name": "长城", "type": "Place"},
]


def nlpx(*arguments):
    return CliRunner().invoke(app, ["kb", *map(str, arguments)])


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


@pytest.fixture(autouse=True)
def kb(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = nlpx("build", write(tmp_path / "kb.jsonl", ROWS))
    assert result.exit_code == 0
    assert result.stdout.startswith("kb: 3 entities, 3 names, built in ")
    return tmp_path / "kb"


def test_lookup_shows_candidates_by_prior():
    lines = nlpx("lookup", "李娜").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["id", "name", "prior", "type", "about"],
        ["1", "李娜", "0.545", "Human", "中国女子网球运动员"],
        ["2", "李娜", "0.455", "Human,", "Singer"],
    ]


def test_lookup_of_what_is_no_name_shows_similar_ones():
    result = nlpx("lookup", "长城砖")
    assert "nothing is called '长城砖'; the most similar names, likely slips first:" in result.stderr
    assert result.stdout.splitlines()[1].split()[:2] == ["3", "长城"]
    assert nlpx("lookup", "xyz").stderr == "nothing is called 'xyz' or anything like it\n"


def test_of_similar_names_the_one_that_sounds_alike_comes_first(kb, tmp_path):
    others = [{"id": f"x{number}", "name": f"李{end}"} for number, end in enumerate("安宁冰白健静刚军强伟勇")]
    assert nlpx("add", write(tmp_path / "new.jsonl", others)).exit_code == 0
    hits = json.loads(nlpx("lookup", "李哪", "--json").stdout)
    assert [hit["name"] for hit in hits[:2]] == ["李娜", "李娜"]
    assert len(hits) == 10


@pytest.mark.parametrize(
    ("name", "meant", "apart"),
    [
        ("李哪", "李娜", 0.5),
        ("李哪", "李安", 1),
        ("李娜娜", "李娜", 1),
        ("abc", "axc", 1),
        ("a", "", 1),
        ("龘", "李", 1),
    ],
)
def test_slips_are_counted_and_those_of_sound_weigh_half(name, meant, apart):
    assert distance(name, meant) == distance(meant, name) == apart


def test_lookup_as_json_and_by_id():
    hits = json.loads(nlpx("lookup", "李娜", "--json", "-n", 1).stdout)
    assert [(hit["id"], hit["exact"]) for hit in hits] == [("1", True)]
    assert nlpx("lookup", "3", "--id").stdout == "id: 3\nname: 长城\ntype: Place\n"
    assert json.loads(nlpx("lookup", "3", "--id", "--json").stdout)["name"] == "长城"
    result = nlpx("lookup", "9", "--id")
    assert (result.exit_code, "kb: has no entity '9'" in result.stderr) == (4, True)


def test_stats(kb):
    facts = json.loads(nlpx("stats", "--json").stdout)
    assert facts["entities"] == facts["names"] == 3
    assert facts["ambiguous_names"] == 1
    assert facts["most_ambiguous"] == [["李娜", 2]]
    assert facts["types"] == [["Human", 2], ["Singer", 1], ["Place", 1]]
    verified = nlpx("stats", "--verify")
    assert "most ambiguous       李娜 (2)" in verified.stdout
    assert verified.stderr == "kb: every byte matches its checksum\n"


def test_a_missing_file_of_additions_is_named(kb):
    refused = nlpx("add", "nosuch.jsonl")
    assert refused.exit_code == 4
    assert "nosuch.jsonl: there is no such file" in refused.stderr


def test_add_entities_and_aliases_then_compact(kb, tmp_path):
    path = write(tmp_path / "new.jsonl", [{"id": "3", "aliases": ["万里长城"]}, {"id": "4", "name": "李娜"}])
    assert nlpx("add", path).stdout == "kb: 1 added, 1 changed; 4 entities, 4 names\n"
    assert KnowledgeBase.open(kb).candidates("万里长城").ids == ["3"]
    assert json.loads(nlpx("stats", "--json").stdout)["added"] == 2
    assert "added or changed     2" in nlpx("stats").stdout
    assert nlpx("compact").stdout == "kb: 2 folded in; 4 entities, 4 names\n"
    assert nlpx("compact").stdout == "kb: 0 folded in; 4 entities, 4 names\n"
    assert KnowledgeBase.open(kb).entity("3").aliases == ["万里长城"]


def test_building_again_asks_what_becomes_of_additions(kb, tmp_path):
    source = tmp_path / "kb.jsonl"
    nlpx("add", write(tmp_path / "new.jsonl", [{"id": "4", "name": "新人"}]))
    refused = nlpx("build", source)
    assert refused.exit_code == 4
    assert "kb: holds what nlpx kb add brought (1)" in refused.stderr
    assert "--additions keep or --additions discard" in refused.stderr
    assert KnowledgeBase.open(kb).candidates("新人").ids == ["4"]
    assert nlpx("build", source, "--additions", "keep").stdout.startswith("kb: 4 entities, ")
    assert KnowledgeBase.open(kb).candidates("新人").ids == ["4"]
    assert nlpx("build", source, "--additions", "discard").stdout.startswith("kb: 3 entities, ")
    assert nlpx("build", source).exit_code == 0  # nothing is lost any more
    assert nlpx("build", source, "--additions", "burn").exit_code == 2


@pytest.mark.parametrize("additions", [(), ("--additions", "keep")])
def test_what_was_folded_in_is_not_lost_by_building_again(kb, tmp_path, additions):
    nlpx("add", write(tmp_path / "new.jsonl", [{"id": "4", "name": "新人"}]))
    nlpx("compact")
    refused = nlpx("build", tmp_path / "kb.jsonl", *additions)
    assert refused.exit_code == 4
    assert "kb: holds what nlpx kb compact folded in" in refused.stderr
    assert KnowledgeBase.open(kb).candidates("新人").ids == ["4"]
    assert nlpx("build", tmp_path / "kb.jsonl", "--additions", "discard").exit_code == 0


def test_a_damaged_knowledge_base_can_be_built_again(kb, tmp_path):
    (kb / "manifest.json").write_text("{")
    assert nlpx("build", tmp_path / "kb.jsonl").exit_code == 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "no JSON object: '{'"),
        ('{"id": "9", "aliases": ["a"]}', "no 'name', and no entity '9' to add aliases to"),
        ('{"id": "3", "alias": ["a"]}', "without 'name' a line holds 'id' and 'aliases' only"),
        ('{"id": "3"}', "without 'name' a line holds 'id' and 'aliases' only"),
        ("", "has no entity"),
    ],
)
def test_additions_that_cannot_be_understood_change_nothing(kb, tmp_path, line, message):
    (tmp_path / "new.jsonl").write_text('{"id": "8", "name": "b"}\n' * bool(line) + line + "\n")
    result = nlpx("add", tmp_path / "new.jsonl")
    assert result.exit_code == 4
    assert message in result.stderr
    assert KnowledgeBase.open(kb).added == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["build", "none"], 4, "none: no such file"),
        (["build", "kb.jsonl", "-f", "xml"], 2, "there is no format 'xml'"),
        (["build", "kb.jsonl", "-o", "."], 4, "is no knowledge base"),
        (["lookup", "a", "--kb", "none"], 4, "none: no knowledge base here"),
        (["lookup", "a", "--kb", "kb.jsonl"], 4, "kb.jsonl: is a file, not the folder of a knowledge base"),
        (["stats", "--kb", "kb.jsonl"], 4, "nlpx kb build kb.jsonl -o FOLDER"),
        (["compact", "--kb", "none"], 4, "none: no knowledge base here"),
    ],
)
def test_refusals(arguments, code, message):
    result = nlpx(*arguments)
    assert result.exit_code == code
    assert message in result.stderr


def test_the_folder_of_a_run_is_not_called_damaged(tmp_path):
    (tmp_path / "manifest.json").write_text('{"command": "nlpx train entity_linking", "inputs": {}}')
    result = nlpx("lookup", "a", "--kb", tmp_path)
    assert result.exit_code == 4
    assert "is a run, not a knowledge base" in result.stderr


def test_the_folder_may_be_named_by_the_environment(kb, monkeypatch, tmp_path):
    kb.rename(tmp_path / "elsewhere")
    monkeypatch.setenv("NLPX_KB", str(tmp_path / "elsewhere"))
    assert nlpx("lookup", "长城").exit_code == 0
