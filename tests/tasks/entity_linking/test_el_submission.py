"""Submissions: what is written is accepted, and everything a competition refuses is refused before."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpx.errors import SubmissionError
from nlpx.tasks.entity_linking.example import Example, Link, Prediction
from nlpx.tasks.entity_linking.submission import check, write
from tests.tasks.entity_linking.el_samples import said, text, write_rows

EXAMPLES = [text("李娜爱苹果", id="1"), text("高原", id="2"), text("没有", id="3")]
PREDICTIONS = [
    said(EXAMPLES[0], ("李娜", "10001"), ("苹果", "10003")),
    said(EXAMPLES[1], ("高原", "10007"), ("高", None)),
    Prediction(),
]
KNOWN = {"10001", "10003", "10007"}
LINES = [
    {
        "text_id": "1",
        "text": "李娜爱苹果",
        "mention_data": [
            {"kb_id": "10001", "mention": "李娜", "offset": "0"},
            {"kb_id": "10003", "mention": "苹果", "offset": "3"},
        ],
    },
    {"text_id": "2", "text": "高原", "mention_data": [{"kb_id": "10007", "mention": "高原", "offset": "0"}]},
    {"text_id": "3", "text": "没有", "mention_data": []},
]


@pytest.mark.parametrize("format", ["ccks2019", "plain"])
def test_what_is_written_is_accepted(tmp_path, format):
    path = tmp_path / "submission.json"
    write(path, EXAMPLES, PREDICTIONS, format)
    assert check(path, format, EXAMPLES, KNOWN) == []


def test_the_format_of_ccks_2019_is_strings_of_raw_text(tmp_path):
    path = tmp_path / "submission.json"
    write(path, EXAMPLES, PREDICTIONS, "ccks2019")
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == LINES
    assert "李娜" in path.read_text("utf-8")


def test_surfaces_are_slices_of_the_raw_text(tmp_path):
    example = Example("1", "看ＡngEL\x85✨")
    write(tmp_path / "s.json", [example], [Prediction([Link(1, 6, "10001")])], "ccks2019")
    [line] = (tmp_path / "s.json").read_text("utf-8").split("\n")[:-1]
    assert json.loads(line)["mention_data"][0]["mention"] == "ＡngEL"
    assert check(tmp_path / "s.json", "ccks2019", [example], KNOWN) == []


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5), st.data())
def test_any_text_survives(tmp_path_factory, texts, data):
    examples = [Example(str(number), content) for number, content in enumerate(texts)]
    predictions = []
    for example in examples:
        start = data.draw(st.integers(0, len(example.text) - 1))
        end = data.draw(st.integers(start + 1, len(example.text)))
        predictions.append(Prediction([Link(start, end, "10001")]))
    path = tmp_path_factory.mktemp("any") / "s.json"
    write(path, examples, predictions, "ccks2019")
    assert check(path, "ccks2019", examples, KNOWN) == []


def changed(line, **changes):
    return [{**row, **changes} if number == line else row for number, row in enumerate(LINES)]


def mention(kb_id="10001", surface="李娜", offset="0"):
    return {"kb_id": kb_id, "mention": surface, "offset": offset}


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        pytest.param(LINES, [], id="right"),
        pytest.param(LINES[:2], ["missing: 1 of 3 texts, ids '3'"], id="missing"),
        pytest.param(
            [*LINES, {**LINES[2], "text_id": "4"}], ["line 4: id '4' is no text of this split"], id="extra"
        ),
        pytest.param([*LINES, LINES[0]], ["line 4: id '1' is already on line 1"], id="twice"),
        pytest.param(
            [LINES[1], LINES[0], LINES[2]],
            [
                "line 1: wanted id '1', got '2'",
                "line 2: wanted id '3', got '1'",
                "line 3: wanted id '2', got '3'",
            ],
            id="reordered",
        ),
        pytest.param(
            changed(1, text="高 原"), ["line 2: the text of id '2' was changed: '高 原'"], id="changed text"
        ),
        pytest.param(
            changed(0, mention_data=[mention(surface="苹果")]),
            ["line 1: mention '苹果' is not what is at 0: '李娜'"],
            id="surface",
        ),
        pytest.param(
            changed(0, mention_data=[mention("777")]),
            ["line 1: kb_id '777' is not in the knowledge base"],
            id="unknown id",
        ),
        pytest.param(
            changed(0, mention_data=[mention(), mention("10003", "娜爱", "1")]),
            ["line 1: mention '娜爱' at 1 overlaps the one before"],
            id="overlap",
        ),
        pytest.param(
            changed(0, mention_data=[mention(), mention()]),
            ["line 1: mention '李娜' at 0 is there twice"],
            id="mention twice",
        ),
        pytest.param(
            changed(0, mention_data=[mention(offset=0)]), ["line 1: 'offset' is no string: 0"], id="number"
        ),
        pytest.param(
            changed(0, mention_data=[mention(offset="99")]),
            ["line 1: offset 99 is past the end of a text of 5 characters"],
            id="past the end",
        ),
        pytest.param(changed(0, mention_data=[mention("NIL")]), [], id="NIL"),
        pytest.param(
            changed(0, mention_data=7), ["line 1: 'mention_data' is no list of objects: 7"], id="no list"
        ),
    ],
)
def test_everything_wrong_is_named(tmp_path, rows, problems):
    assert check(write_rows(tmp_path / "s.json", rows), "ccks2019", EXAMPLES, KNOWN) == problems


def test_overlaps_where_they_are_allowed(tmp_path):
    rows = changed(0, mention_data=[mention(), mention("10003", "娜爱", "1")])
    path = write_rows(tmp_path / "s.json", rows)
    assert check(path, "ccks2019", EXAMPLES, KNOWN, overlaps=True) == []


@pytest.mark.parametrize("line", ["", "no JSON", "[]", '{"text_id": "1", "text": "李娜爱苹果"}'])
def test_lines_that_can_not_be_read(tmp_path, line):
    path = tmp_path / "s.json"
    path.write_text(line + "\n" + "".join(json.dumps(row) + "\n" for row in LINES[1:]), encoding="utf-8")
    assert check(path, "ccks2019", EXAMPLES, KNOWN)[0].startswith("line 1: no ")


def test_terms_have_no_ids_but_an_order(tmp_path):
    examples = [text("左膝退变", id="0"), text("头痛", id="1")]
    predictions = [
        said(examples[0], ("左膝", "膝病"), ("左膝退变", "游离体")),
        said(examples[1], ("头痛", "头痛")),
    ]
    path = tmp_path / "s.tsv"
    write(path, examples, predictions, "terms")
    assert path.read_text("utf-8") == "左膝退变\t膝病##游离体\n头痛\t头痛\n"
    assert check(path, "terms", examples, {"膝病", "游离体", "头痛"}) == []
    assert check(path, "terms", examples[::-1], {"膝病", "游离体"}) == [
        "line 1: wanted the term '头痛', got '左膝退变'",
        "line 2: wanted the term '左膝退变', got '头痛'",
        "line 2: '头痛' is not in the knowledge base",
    ]
    assert check(path, "terms", examples[:1], {"膝病", "游离体", "头痛"}) == ["wanted 1 lines, got 2"]


def test_a_missing_file(tmp_path):
    with pytest.raises(SubmissionError, match="can't be read"):
        check(tmp_path / "none.json", "ccks2019", EXAMPLES, KNOWN)
