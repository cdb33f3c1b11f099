"""CLUENER and span files, plain texts, streams, hold-out."""

import json

import pytest

from nlpx.errors import DataError
from nlpx.tasks.sequence_labeling.data import holdout, read, stream
from nlpx.tasks.sequence_labeling.example import Example
from nlpx.text.spans import Span


@pytest.fixture
def load(tmp_path):
    """Write objects, a line each, and read them."""

    def load(*rows, **options):
        path = tmp_path / "data.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read(path, **options)

    return load


def test_cluener_ends_are_inclusive(load):
    (example,), report = load(
        {"text": "王明在北京", "label": {"name": {"王明": [[0, 1]]}, "address": {"北京": [[3, 4]]}}}
    )
    assert example.spans == [Span(0, 2, "name"), Span(3, 5, "address")]
    assert (example.id, report.format, report.entities) == ("0", "cluener", 2)


def test_spans_keep_ids_and_order(load):
    spans = [{"start": 3, "end": 5, "label": "LOC"}, {"start": 0, "end": 2, "label": "PER", "score": 0.5}]
    (example, other), report = load(
        {"id": "a7", "text": "王明在北京", "spans": spans}, {"id": 8, "text": "", "spans": []}
    )
    assert (example.id, other.id, report.format) == ("a7", "8", "spans")
    assert example.spans == [Span(0, 2, "PER"), Span(3, 5, "LOC")]


def test_word_offsets_may_come_with_the_text(load):
    row = {
        "text": "a big-city",
        "tokens": [[0, 1], [2, 5], [5, 10]],
        "spans": [{"start": 4, "end": 10, "label": "X"}],
    }
    (example,), report = load(row)
    assert example.tokens == [(0, 1), (2, 5), (5, 10)]
    assert report.misaligned == 1
    (example,), _ = load({"text": " a  big city", "spans": []}, unit="word")
    assert example.tokens == [(1, 2), (4, 7), (8, 12)]


def test_texts_without_labels_are_unlabelled(load):
    examples, report = load({"id": 0, "text": "王明"}, {"id": 1, "text": "北京"})
    assert not report.labelled
    assert [example.spans for example in examples] == [[], []]


def test_overlapping_entities_are_kept_and_counted(load):
    label = {"book": {"论王明": [[0, 2]]}, "name": {"王明": [[1, 2]]}}
    (example,), report = load({"text": "论王明", "label": label})
    assert len(example.spans) == 2
    assert report.overlapping == 1


GOOD = {"text": "王明", "spans": []}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ('{"text": "王', "no JSON object"),
        ("[1]", "no JSON object"),
        ({"spans": []}, "no string under 'text'"),
        (
            {"text": "王", "spans": [{"start": 0, "end": 2, "label": "X"}]},
            "no span of a text of 1 characters: start 0, end 2",
        ),
        ({"text": "王", "spans": [{"start": True, "end": 1, "label": "X"}]}, "start True"),
        ({"text": "王", "spans": [{"start": 0, "end": 1}]}, "no label: None"),
        ({"text": "王", "spans": {}}, "'spans' is no list of objects"),
        ({"text": "王"}, "no 'spans', which other lines have"),
        ({"id": 0, "text": "王", "spans": []}, "id '0' is already that of line 1"),
        ({"id": [1], "text": "王", "spans": []}, "'id' is neither a string nor an integer"),
        ({"text": "王", "spans": [], "tokens": [[0, 1], [0, 1]]}, "tokens overlap or are out of order"),
        ('{"text": "\\ud800", "spans": []}', "not UTF-8"),
    ],
)
def test_bad_span_lines_are_named_or_skipped(load, row, why):
    with pytest.raises(DataError) as error:
        load(GOOD, row, GOOD)
    (detail,) = error.value.details
    assert "data.jsonl:2: " in detail
    assert why in detail
    examples, report = load(GOOD, row, GOOD, skip_bad=True)
    assert (len(examples), report.bad_lines, report.dropped) == (2, 1, 1)


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ({"name": {"王五": [[0, 1]]}}, "the text has '王明' where '王五' is said to be"),
        ({"name": {"王明": [0, 1]}}, "no [first, last] for '王明'"),
        ({"name": [[0, 1]]}, "label 'name' has no object of surfaces"),
        ([], "'label' is no object"),
        ({"": {"王明": [[0, 1]]}}, "no label: ''"),
    ],
)
def test_bad_cluener_lines_are_named(load, label, why):
    with pytest.raises(DataError) as error:
        load({"text": "王明", "label": {}}, {"text": "王明", "label": label})
    assert why in error.value.details[0]


def test_plain_texts_are_one_a_line(load):
    examples, report = load("第一行", "", "第三行", format="text")
    assert [(example.id, example.text) for example in examples] == [
        ("0", "第一行"),
        ("1", ""),
        ("2", "第三行"),
    ]
    assert not report.labelled


def test_an_unknown_format_lists_the_known_ones(load):
    with pytest.raises(DataError, match="Known formats: columns, cluener, spans, text"):
        load(GOOD, format="xml")


# === stream ===


def test_text_lines_are_streamed_one_by_one():
    def lines():
        yield "\ufeff第一行\r\n"
        yield "\n"
        yield "{不是 JSON\n"
        raise AssertionError("read ahead")

    examples = stream(lines())
    assert [next(examples) for _ in range(3)] == [
        Example("0", "第一行", [], None, "input:1"),
        Example("1", "", [], None, "input:2"),
        Example("2", "{不是 JSON", [], None, "input:3"),
    ]


def test_json_lines_are_streamed_with_their_ids():
    examples = list(stream(["\n", '{"id": 7, "text": "王"}\n', "\n", '{"text": "明"}']))
    assert [(example.id, example.text) for example in examples] == [("7", "王"), ("3", "明")]


def test_words_are_streamed_with_offsets():
    (example,) = stream(["New  York"], unit="word")
    assert example.tokens == [(0, 3), (5, 9)]


def test_a_bad_line_in_a_stream_is_named_or_left_out():
    lines = ['{"text": "王"}', "oops", '{"text": "明"}']
    with pytest.raises(DataError, match="stdin:2: no JSON object: 'oops'"):
        list(stream(lines, source="stdin"))
    bad: list[str] = []
    assert [example.text for example in stream(lines, on_bad=bad.append)] == ["王", "明"]
    assert bad == ["input:2: no JSON object: 'oops'"]


# === holdout ===


def test_a_holdout_never_separates_duplicates():
    examples = [Example(str(n), f"Text  {n % 50}" if n % 2 else f"ｔext{n % 50}", []) for n in range(400)]
    train, dev = holdout(examples, 0.2)
    assert len(train) + len(dev) == 400
    assert {int(example.id) % 50 for example in train}.isdisjoint({int(example.id) % 50 for example in dev})


def test_one_text_cannot_be_divided():
    with pytest.raises(
        DataError, match="a hold-out needs two different texts; there are 2 texts, all the same"
    ):
        holdout([Example("0", "王", []), Example("1", " 王", [])], 0.5)


@pytest.mark.parametrize("share", [1e-9, 0.3, 1.0])
def test_of_few_texts_there_are_some_on_each_side(share):
    examples = [Example(str(n), f"第{n % 3}句", []) for n in range(6)]
    train, dev = holdout(examples, share)
    assert len(train) >= 2
    assert len(dev) >= 2
