"""JSON lines, folders of classes, sentiment trees; and which of them a file is."""

from __future__ import annotations

import json

import pytest

from nlpx.errors import DataError
from nlpx.tasks.classification.data import read as read_file
from nlpx.tasks.classification.data import stream
from nlpx.tasks.classification.formats.source import ReadOptions
from nlpx.tasks.classification.formats.trees import parse_tree
from tests.tasks.classification.cls_samples import read

TREE = "(3 (2 (2 The) (2 film)) (3 (2 is) (4 (2 not) (1 (1 bad) (2 -LRB-)))))"


def write(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_clue_json(tmp_path):
    path = write(
        tmp_path / "a.json",
        {"label": "108", "label_desc": "news_edu", "sentence": "上课", "keywords": ""},
        {"label": 104, "label_desc": "news_finance", "sentence": "股票", "keywords": ""},
    )
    examples, report = read_file(path)
    assert [(one.id, one.text, one.labels) for one in examples] == [
        ("0", "上课", ("108",)),
        ("1", "股票", ("104",)),
    ]
    assert (report.format, report.columns) == ("json", {"text": "sentence", "label": "label"})
    examples, _ = read_file(path, options=ReadOptions(label="label_desc"))
    assert examples[0].labels == ("news_edu",)


def test_clue_pairs_and_unlabelled_ones(tmp_path):
    path = write(tmp_path / "a.json", {"id": 3, "sentence1": "花呗", "sentence2": "借呗"})
    [example], report = read_file(path)
    assert (example.id, example.text, example.pair, example.labels) == ("3", "花呗", "借呗", ())
    assert not report.labelled


def test_rationales_are_spans_of_the_text(tmp_path):
    good = {"text": "很好", "label": "x", "rationale": [[1, 2]]}
    path = write(tmp_path / "a.jsonl", good, good | {"rationale": [[0, 3]]}, good | {"rationale": 5})
    examples, source = read(path, "json")
    assert examples[0].rationale == [(1, 2)]
    assert [line for line, _ in source.bad.first] == [2, 3]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"text": 5, "label": "a"}', "no text: 5"),
        ('{"text": "x", "label": null}', "no label: None"),
        ('{"text": "x", "label": true}', "no label: True"),
        ('{"text": "x", "label": " "}', "the label is empty"),
        ('{"text": "x", "label": "a", "id": [1]}', "neither a string nor an integer"),
        ('{"text": "\\ud800", "label": "a"}', "not UTF-8"),
        ('["x"]', "no JSON object"),
        ('{"text": ', "no JSON object"),
    ],
)
def test_bad_objects_are_named(tmp_path, line, why):
    _, source = read(tmp_path / "a.jsonl", "json", '{"text": "好", "label": "b", "id": "z"}\n' + line)
    assert source.bad.first[0][0] == 2
    assert why in source.bad.first[0][1]


def test_a_folder_per_class(tmp_path):
    for name, text in (
        ("pos/b.txt", "好\n"),
        ("pos/a.txt", "不错"),
        ("neg/a.txt", "差\r\n"),
        ("neg/.x", "x"),
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("gb18030" if "a" in path.stem else "utf-8"))
    examples, report = read_file(tmp_path)
    assert [(one.id, one.text, one.labels) for one in examples] == [
        ("neg/a", "差", ("neg",)),
        ("pos/a", "不错", ("pos",)),
        ("pos/b", "好", ("pos",)),
    ]
    assert (report.format, report.encoding) == ("folders", "gb18030, utf-8")


def test_trees_are_binary_without_what_is_neutral(tmp_path):
    content = f"{TREE}\n(2 (2 So) (2 so))\n(0 (1 Dull) (2 .))\n"
    examples, source = read(tmp_path / "a.txt", "trees", content)
    assert [(one.id, one.text, one.labels) for one in examples] == [
        ("0", "The film is not bad (", ("positive",)),
        ("2", "Dull .", ("negative",)),
    ]
    assert source.report.neutral == 1
    examples, _ = read(tmp_path / "a.txt", "trees", binary=False)
    assert [one.labels for one in examples] == [("3",), ("2",), ("0",)]


def test_phrases_are_texts_once(tmp_path):
    content = f"{TREE}\n(0 (1 bad) (2 .))\n"
    examples, source = read(tmp_path / "a.txt", "trees", content, phrases=True)
    texts = [(one.text, *one.labels, one.whole) for one in examples]
    assert texts[0] == ("The film is not bad (", "positive", True)
    assert ("bad", "negative", False) in texts
    assert len(texts) == len(set(texts)) == source.report.phrases + 2


@pytest.mark.parametrize("line", ["(3 a", "(3 a))", "(3 a) b", "a", "(9 a)", "(3 (2 a)) (3 b)"])
def test_trees_must_fit(tmp_path, line):
    with pytest.raises(ValueError, match=r"brackets|class 0 to 4"):
        list(parse_tree(line))


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("a.txt", '{"text": "x", "label": "y"}\n', "json"),
        ("a.txt", TREE, "trees"),
        ("a.txt", "x\ty\n", "tsv"),
        ("a.csv", "text,label\nx,y\n", "csv"),
    ],
)
def test_formats_are_told_by_their_content(tmp_path, name, content, format):
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert read_file(tmp_path / name)[1].format == format


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("a.txt", "x,y\n", "no format that can be told"), ("a.csv", " \n", "is empty")],
)
def test_what_cannot_be_told_is_asked_for(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_file(tmp_path / name)


@pytest.mark.parametrize(
    ("lines", "paired", "wanted"),
    [
        (["好\n", "\n", "差"], False, [("0", "好", None), ("1", "", None), ("2", "差", None)]),
        (["\ufeff好\n"], False, [("0", "好", None)]),
        (["早\t晚"], True, [("0", "早", "晚")]),
        (['{"sentence": "好", "label": 1}', "", '{"id": "x", "sentence": "差"}'], False,
         [("0", "好", None), ("x", "差", None)]),
        (['{"sentence1": "早", "sentence2": "晚"}'], False, [("0", "早", "晚")]),
    ],
)  # fmt: skip
def test_streams_are_texts_or_objects(lines, paired, wanted):
    found = [(one.id, one.text, one.pair) for one in stream(lines, paired=paired)]
    assert found == wanted


def test_bad_lines_of_a_stream_are_told_or_raised():
    told: list[str] = []
    lines = ['{"text": "好"}', '{"x": 1}', "oops"]
    assert len(list(stream(lines, on_bad=told.append))) == 1
    assert [message.split(": ")[0] for message in told] == ["input:2", "input:3"]
    with pytest.raises(DataError, match="a tab between them"):
        list(stream(["好"], paired=True))
