"""TSV and CSV: headers, columns, encodings, quotes, bad rows."""

from __future__ import annotations

import pytest

from nlpx.errors import DataError
from nlpx.tasks.classification.data import read as read_file
from nlpx.tasks.classification.formats.source import ReadOptions
from tests.tasks.classification.cls_samples import read


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("label\ttext_a\n1\t好\n0\t差\n", {}),
        ("text_a\tlabel\n好\t1\n差\t0\n", {}),
        ("好\t1\n差\t0\n好\t1\n太差\t0\n不错\t1\n", {}),
        ("polarity\tfoo\tbar\n1\tx\t好\n0\ty\t差\n", {"text": "bar"}),
        ("1\tx\t好\n0\ty\t差\n", {"text": 2, "label": 0}),
        ("1\tx\t好\n0\ty\t差\n", {"text": -1, "label": 0, "header": False}),
        ("\ufefflabel\ttext\r\n1\t好\r\n0\t差\r\n", {}),
    ],
)
def test_columns_are_found_or_named(tmp_path, content, options):
    examples, source = read(tmp_path / "a.tsv", "tsv", content, **options)
    assert [(one.text, one.labels) for one in examples[:2]] == [("好", ("1",)), ("差", ("0",))]
    assert source.report.labelled
    assert not source.bad.count


def test_a_pair_an_id_and_no_label(tmp_path):
    examples, source = read(tmp_path / "a.csv", "csv", "id,sentence1,sentence2\n7,早,晚\n9,你,我\n")
    assert [(one.id, one.text, one.pair, one.labels) for one in examples] == [
        ("7", "早", "晚", ()),
        ("9", "你", "我", ()),
    ]
    assert not source.report.labelled


def test_quotes_belong_to_csv_and_stay_in_tsv(tmp_path):
    quoted, _ = read(tmp_path / "a.csv", "csv", 'label,review\n1,"很好，""真""的\n好"\n0,"差"\n')
    assert [one.text for one in quoted] == ['很好，"真"的\n好', "差"]
    plain, _ = read(tmp_path / "a.tsv", "tsv", 'label\ttext\n1\t"好"的\n0\t他说"差\n')
    assert [one.text for one in plain] == ['"好"的', '他说"差']


@pytest.mark.parametrize("word", ["NA", "null", "nan", "1.0", "007", "True"])
def test_cells_stay_as_they_are(tmp_path, word):
    examples, _ = read(tmp_path / "a.tsv", "tsv", f"label\ttext\n{word}\t{word}\n")
    assert (examples[0].text, examples[0].labels) == (word, (word,))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_are_detected(tmp_path, encoding):
    content = "label\ttext\n1\t房间很好\n0\t服务太差\n".encode(encoding)
    examples, source = read(tmp_path / "a.tsv", "tsv", content)
    assert [one.text for one in examples] == ["房间很好", "服务太差"]
    assert source.report.encoding == encoding


def test_a_named_encoding_is_believed(tmp_path):
    examples, _ = read(tmp_path / "a.tsv", "tsv", "label\ttext\n1\t很好\n".encode("big5"), encoding="big5")
    assert examples[0].text == "很好"
    with pytest.raises(DataError, match=r"a.tsv:2: is not ascii"):
        read(tmp_path / "a.tsv", "tsv", encoding="ascii")
    with pytest.raises(DataError, match="no encoding 'klingon'"):
        read(tmp_path / "a.tsv", "tsv", encoding="klingon")


def test_a_broken_line_in_utf8_is_a_bad_line_and_not_another_encoding(tmp_path):
    rows = "".join(f"1\t第{number}个很好\n" for number in range(40)).encode()
    content = b"label\ttext\n" + rows + b"0\t\xff\xe5\xa5\n"
    examples, source = read(tmp_path / "a.tsv", "tsv", content)
    assert (len(examples), source.report.encoding) == (40, "utf-8")
    assert source.bad.first[0][0] == 42
    assert "not UTF-8" in source.bad.first[0][1]


def test_bad_rows_are_named_with_their_line(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("label\ttext\n1\t好\n\n0\t差\tx\n\t没有\n0\t差\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_file(path)
    assert caught.value.details == (
        f"{path}:4: wanted 2 cells, got 3",
        f"{path}:5: the label is empty",
    )
    examples, report = read_file(path, options=ReadOptions(skip_bad=True))
    assert (len(examples), report.bad_lines, report.dropped) == (2, 2, 2)
    assert examples[1].source == f"{path}:6"


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a\tb\tc\nx\ty\tz\n", {}, "3 columns and no header"),
        ("label\tb\nx\ty\n", {}, "none of the columns looks like the text"),
        ("label\ttext\nx\ty\n", {"text": "review"}, "no column 'review'"),
        ("label\ttext\nx\ty\n", {"text": 5}, "data.text is 5, there are 2 columns"),
        ("text\ttext\nx\ty\n", {}, "two columns have the same name"),
    ],
)
def test_columns_that_cannot_be_told_are_asked_for(tmp_path, content, options, message):
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a.tsv", "tsv", content, **options)


def test_several_labels_in_a_cell(tmp_path):
    content = "text\tlabels\n甲\ta,b\n乙\t\n丙\tb\n"
    examples, _ = read(tmp_path / "a.tsv", "tsv", content, several=True)
    assert [one.labels for one in examples] == [("a", "b"), (), ("b",)]


def test_an_id_that_comes_twice_is_bad(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,text,label\n1,甲,x\n1,乙,y\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_file(path)
    assert caught.value.details == (f"{path}:3: id '1' is already that of {path}:2",)


def test_a_quote_that_never_closes_is_told(tmp_path):
    with pytest.raises(DataError, match="is no table"):
        read(tmp_path / "a.csv", "csv", 'label,text\n1,"很好\n0,差\n')


def test_a_cell_may_be_long(tmp_path):
    examples, _ = read(tmp_path / "a.csv", "csv", f'label,text\n1,"{"好" * 200_000}"\n')
    assert len(examples[0].text) == 200_000
