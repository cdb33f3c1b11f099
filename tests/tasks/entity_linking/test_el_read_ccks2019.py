"""The format of CCKS 2019, with everything that its files are known to hold."""

import codecs
import json

import pytest

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.data import read, read_kb, stream, unseen
from nlpx.tasks.entity_linking.example import UNNAMED, Mention
from nlpx.tasks.entity_linking.formats.ccks2019 import to_row
from tests.tasks.entity_linking.el_samples import KB, TRAIN, entity, row, write_rows


def read_row(tmp_path, given):
    [example], report = read(write_rows(tmp_path / "train.json", [given]))
    return example, report


def test_strings_become_offsets_and_go_back_to_strings(tmp_path):
    examples, report = read(write_rows(tmp_path / "train.json", TRAIN))
    assert (report.format, report.texts, report.mentions, report.nil) == ("ccks2019", 12, 7, 1)
    assert examples[0].mentions[1] == Mention(3, 7, "10006", "青藏高原")
    assert [to_row(example, example.mentions) for example in examples] == TRAIN


def test_nil_is_none_and_texts_without_mention_data_are_unlabelled(tmp_path):
    example, _ = read_row(tmp_path, row("1", "天使在人间", ("天使", "NIL")))
    assert example.mentions[0].entity_id is None
    example, report = read_row(tmp_path, {"text_id": "1", "text": "天使"})
    assert not example.labelled
    assert report.unlabelled == 1


def test_mentions_without_kb_id_are_linked_to_something(tmp_path):
    mentions = [{"mention": "天使", "offset": "0"}]
    example, report = read_row(tmp_path, {"text_id": "1", "text": "天使", "mention_data": mentions})
    assert example.mentions[0].entity_id == UNNAMED
    assert report.unnamed == 1


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        pytest.param(0, [(0, 2)], id="right"),
        pytest.param(1, [(0, 2)], id="one off"),
        pytest.param(4, [(5, 7)], id="nearest of two"),
    ],
)
def test_wrong_offsets_are_kept_for_scoring_and_mended_for_learning(tmp_path, offset, expected):
    example, report = read_row(tmp_path, row("1", "李娜和她的李娜", ("李娜", "10001", offset)))
    assert example.mentions[0].start == offset
    assert example.places == expected
    assert report.odd.get("offset that points elsewhere", 0) == (offset != 0)


def test_a_mention_that_is_nowhere_is_scored_and_not_learned(tmp_path):
    example, report = read_row(tmp_path, row("1", "驻海南部队", ("驻海南>部队", "10001", 0)))
    assert example.tidy() == []
    assert len(example.mentions) == 1
    assert report.odd["mention that is not in its text"] == 1


def test_nested_and_repeated_mentions_are_counted(tmp_path):
    mentions = [("青藏高原", "10006"), ("高原", "10007"), ("高原", "10007")]
    example, report = read_row(tmp_path, row("1", "唱青藏高原", *mentions))
    assert example.places == [(1, 5), (3, 5)]
    assert report.odd == {"mention twice": 1, "overlapping mentions": 1}


def test_the_same_surface_may_be_linked_once_and_nil_once(tmp_path):
    example, _ = read_row(tmp_path, row("1", "李娜像李娜", ("李娜", "10001", 0), ("李娜", "NIL", 3)))
    assert [mention.entity_id for mention in example.tidy()] == ["10001", None]


@pytest.mark.parametrize(
    "content", ["✨李娜✨", "\x07李娜\u200b", "👩‍👩‍👧李娜", "İ李娜", "㈱½ﬁ李娜", "Ⅲ李娜"]
)
def test_offsets_survive_strange_characters(tmp_path, content):
    example, _ = read_row(tmp_path, row("1", content, ("李娜", "10001")))
    start, end = example.places[0]
    assert example.text == content
    assert example.text[start:end] == "李娜"


def test_repeated_texts_are_counted_and_taken_out_across_files(tmp_path):
    rows = [row("1", "李娜 唱歌"), row("2", "李娜唱歌"), row("3", "Ａngel")]
    train, report = read(write_rows(tmp_path / "train.json", rows))
    dev, _ = read(write_rows(tmp_path / "dev.json", [row("9", "angel")]))
    assert report.odd["repeated text"] == 1
    assert [example.id for example in unseen(train, dev)] == ["1", "2"]
    assert unseen(train, []) == train


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_byte_order_marks_make_no_difference(tmp_path, end):
    lines = end.join(json.dumps(one, ensure_ascii=False) for one in TRAIN) + end
    (tmp_path / "train.json").write_bytes(codecs.BOM_UTF8 + lines.encode())
    examples, _ = read(tmp_path / "train.json")
    assert [example.text for example in examples] == [one["text"] for one in TRAIN]
    lines = end.join(json.dumps(one, ensure_ascii=False) for one in KB)
    (tmp_path / "kb_data").write_bytes(codecs.BOM_UTF8 + lines.encode())
    assert [one.name for one in read_kb(tmp_path / "kb_data")] == [one["subject"] for one in KB]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("{", "no JSON object", id="no JSON"),
        pytest.param('{"text_id": "2"}', "no string under 'text'", id="no text"),
        pytest.param(json.dumps(row("1", "李娜")), "already that of line 1", id="id twice"),
        pytest.param(json.dumps(row("2", "李娜", ("李娜", "7", 9))), "past the end", id="past the end"),
        pytest.param(json.dumps(row("2", "李娜", ("李娜", "7", -1))), "no whole number", id="negative"),
        pytest.param('{"text_id": "2", "text": "\\ud800"}', "not UTF-8", id="surrogate"),
    ],
)
def test_bad_lines_are_named_or_dropped(tmp_path, line, message):
    path = tmp_path / "train.json"
    path.write_text(json.dumps(TRAIN[0]) + "\n" + line + "\n")
    with pytest.raises(DataError) as error:
        read(path)
    assert f"{path}:2" in error.value.details[0]
    assert message in error.value.details[0]
    examples, report = read(path, skip_bad=True)
    assert (len(examples), report.dropped) == (1, 1)


def test_a_long_text_and_an_empty_file(tmp_path):
    example, _ = read_row(tmp_path, row("1", "路" * 100_000 + "李娜", ("李娜", "10001")))
    assert example.places == [(100_000, 100_002)]
    (tmp_path / "train.json").write_text("\n")
    with pytest.raises(DataError, match="is empty"):
        read(tmp_path / "train.json")


def test_the_knowledge_base_keeps_its_oddities(tmp_path):
    entities = {one.id: one for one in read_kb(write_rows(tmp_path / "kb_data", KB))}
    assert entities["10004"].names == ["苹果公司", "苹果"]  # the subject is a name too
    assert entities["10007"].names == ["高原"]  # no alias, no data
    assert entities["10008"].aliases == ["天使"]  # twice in the file
    assert entities["10001"].attributes[0] == ("义项描述", "网球运动员")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("no JSON", "no JSON object", id="no JSON"),
        pytest.param(json.dumps(entity("10001", "李娜")), "already that of line 1", id="id twice"),
        pytest.param('{"subject": "李娜"}', "'subject_id' is no id", id="no id"),
        pytest.param('{"subject_id": "9", "subject": "a", "alias": 3}', "no list of strings", id="aliases"),
        pytest.param(
            '{"subject_id": "9", "subject": "a", "data": [1]}', "no list of predicates", id="no pairs"
        ),
        pytest.param(json.dumps(entity("9", "a", b=3)), "an object is no string", id="number"),
        pytest.param('{"subject_id": "9", "subject": "\\ud800"}', "not UTF-8", id="surrogate"),
    ],
)
def test_bad_entities_are_named(tmp_path, line, message):
    path = tmp_path / "kb_data"
    path.write_text(json.dumps(KB[0]) + "\n" + line + "\n")
    with pytest.raises(DataError) as error:
        list(read_kb(path))
    assert error.value.details[0].startswith(f"{path}:2: ")
    assert message in error.value.details[0]


def test_texts_to_predict_come_as_lines_of_json_or_text():
    [one] = stream(['{"text_id": "7", "text": "李娜"}\n'])
    assert (one.id, one.text, one.labelled) == ("7", "李娜", False)
    assert [two.id for two in stream(["李娜\n", "\n", "苹果\n"])] == ["0", "1", "2"]
    [given] = stream(["左膝退变\n"], whole=True)
    assert given.places == [(0, 4)]


def test_bad_lines_in_a_stream():
    with pytest.raises(DataError, match="input:2"):
        list(stream(['{"text": "李娜"}', "{"]))
    told = []
    assert len(list(stream(['{"text": "李娜"}', "{", '{"text": "苹果"}'], on_bad=told.append))) == 2
    assert told[0].startswith("input:2: no JSON object")
