"""Submissions: what is written is accepted, and what is wrong is named with its line."""

from __future__ import annotations

import pytest

from nlpx.errors import DataError, SubmissionError, UsageError
from nlpx.tasks.classification.example import Example
from nlpx.tasks.classification.submission import FORMATS, Rules, check, read_codes, write
from tests.tasks.classification.cls_samples import said

EXAMPLES = [Example(str(i), "x") for i in range(3)]
PREDICTIONS = [said("pos"), said("neg"), said("pos")]
RULES = Rules(["neg", "pos"])
CODED = Rules(["neg", "pos"], codes={"neg": "100", "pos": "101"})
CLUE = '{"id": 0, "label": "pos"}\n{"id": 1, "label": "neg"}\n{"id": 2, "label": "pos"}\n'
CSV = "id,label\n0,pos\n1,neg\n2,pos\n"
TABLE = "id,neg,pos\n0,0.200000,0.800000\n1,0.800000,0.200000\n2,0.200000,0.800000\n"


@pytest.mark.parametrize(("format", "content"), [("clue", CLUE), ("csv", CSV), ("probabilities", TABLE)])
def test_what_is_written_is_accepted(tmp_path, format, content):
    path = tmp_path / "out"
    write(path, EXAMPLES, PREDICTIONS, format, RULES)
    assert path.read_text("utf-8") == content
    assert check(path, format, EXAMPLES, RULES) == []


@pytest.mark.parametrize("format", FORMATS)
def test_codes_stand_for_classes(tmp_path, format):
    path = tmp_path / "out"
    write(path, EXAMPLES, PREDICTIONS, format, CODED)
    assert check(path, format, EXAMPLES, CODED) == []
    assert check(path, format, EXAMPLES, RULES) != []
    assert "101" in path.read_text("utf-8")
    with pytest.raises(SubmissionError, match="'neg' has no code"):
        write(path, EXAMPLES, PREDICTIONS, format, Rules(["neg", "pos"], codes={"pos": "1"}))


def test_clue_says_the_name_beside_the_code(tmp_path):
    write(tmp_path / "out", EXAMPLES[:1], PREDICTIONS[:1], "clue", CODED)
    assert (tmp_path / "out").read_text() == '{"id": 0, "label": "101", "label_desc": "pos"}\n'


@pytest.mark.parametrize("format", FORMATS)
def test_several_labels(tmp_path, format):
    rules = Rules(["neg", "pos"], several=True)
    predictions = [said("neg", "pos"), said("neg"), said()]
    write(tmp_path / "out", EXAMPLES, predictions, format, rules)
    assert check(tmp_path / "out", format, EXAMPLES, rules) == []
    if format != "probabilities":
        assert check(tmp_path / "out", format, EXAMPLES, RULES) != []


@pytest.mark.parametrize(
    ("format", "old", "new", "problem"),
    [
        ("clue", '"pos"}\n{"id": 1', '"Pos"}\n{"id": 1', "line 1: unknown label 'Pos'"),
        ("clue", '{"id": 1, "label": "neg"}\n', "", "line 2: wanted id '1', got '2'"),
        ("clue", '"id": 2', '"id": 1', "line 3: id '1' is already on line 2"),
        ("clue", '"id": 2, ', "", "line 3: no id"),
        ("clue", '{"id": 2, "label": "pos"}', "pos", "line 3: no JSON object"),
        ("clue", '"label": "neg"', '"label": ["neg", "pos"]', "line 2: wanted one label, got 2"),
        ("csv", "id,label", "id,class", "line 1: wanted the header id,label"),
        ("csv", "1,neg", "1,neg,pos", "line 3: wanted 2 cells, got 3"),
        ("csv", "1,neg", "1,", "line 3: unknown label ''"),
        ("csv", "1,neg", "7,neg", "line 3: id '7' is no text of this split"),
        ("csv", "2,pos\n", "", "missing: 1 of 3 texts, ids '2'"),
        ("probabilities", "id,neg,pos", "id,pos,neg", "line 1: wanted the header id,neg,pos"),
        ("probabilities", "0.800000\n1", "0.900000\n1", "line 2: the probabilities sum to 1.1000"),
        ("probabilities", "1,0.8", "1,1.8", "line 3: 1.8 is no probability"),
        ("probabilities", "1,0.800000", "1,nan", "line 3: nan is no probability"),
        ("probabilities", "1,0.800000", "1,x", "line 3: wanted numbers"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, format, old, new, problem):
    content = {"clue": CLUE, "csv": CSV, "probabilities": TABLE}[format]
    assert old in content
    (tmp_path / "out").write_text(content.replace(old, new, 1), encoding="utf-8")
    assert check(tmp_path / "out", format, EXAMPLES, RULES)[0].startswith(problem)


def test_codes_are_read_from_clues_own_list(tmp_path):
    path = tmp_path / "labels.json"
    path.write_text('{"label": "100", "label_desc": "news_story"}\n\n{"label": "101", "label_desc": "b"}')
    assert read_codes(path) == {"news_story": "100", "b": "101"}
    path.write_text('{"label": "100"}')
    with pytest.raises(DataError, match=r"labels.json:1: wanted an object with label and label_desc"):
        read_codes(path)


def test_a_missing_file_and_an_unknown_format_are_told(tmp_path):
    with pytest.raises(SubmissionError, match="No such file"):
        check(tmp_path / "none", "csv", EXAMPLES, RULES)
    with pytest.raises(UsageError, match="is unknown"):
        check(tmp_path / "none", "xml", EXAMPLES, RULES)
