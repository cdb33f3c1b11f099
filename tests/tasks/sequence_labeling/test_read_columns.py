"""Column files in all their dialects."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpx.errors import DataError
from nlpx.tasks.sequence_labeling.data import read
from nlpx.text.spans import Span


@pytest.fixture
def load(tmp_path):
    """Write content to a file and read it."""

    def load(content, **options):
        path = tmp_path / "data.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(path, **options)

    return load


PER = [Span(0, 2, "PER")]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("王 B-PER\n明 I-PER\n来 O\n\n好 O\n", id="space"),
        pytest.param("王\tB-PER\n明\tI-PER\n来\tO\n\n好\tO\n", id="tab"),
        pytest.param("王\tB-PER\n明 I-PER\n来\tO\n\n好 O\n", id="mixed separators"),
        pytest.param("王  B-PER \n明   I-PER\n来 O\t\n\n\n \n好 O", id="sloppy blanks"),
        pytest.param("\ufeff王 B-PER\r\n明 I-PER\r\n来 O\r\n\r\n好 O\r\n", id="BOM and CRLF"),
        pytest.param("王0\tB-PER\n明1\tI-PER\n来0\tO\n\n好0\tO\n", id="Weibo positions"),
        pytest.param("王 nr B-PER\n明 nr I-PER\n来 v O\n\n好 a O\n", id="three columns"),
        pytest.param("# id 1 x=2\n王 B-PER\n明 I-PER\n来 O\n\n# id 2 x=3\n好 O\n", id="comments"),
        pytest.param("王 B_PER\n明 I_PER\n来 O\n\n好 O\n", id="underscore"),
        pytest.param("王 B-PER\n明 M-PER\n来 O\n\n好 O\n", id="BMES, unclosed"),
        pytest.param("王 I-PER\n明 I-PER\n来 O\n\n好 O\n", id="IOB1"),
    ],
)
def test_every_dialect_says_the_same(load, content):
    (first, second), report = load(content)
    assert (first.id, first.text, first.spans, first.tokens) == ("0", "王明来", PER, None)
    assert (second.id, second.text, second.spans) == ("1", "好", [])
    assert report.labels == {"PER": 1}
    assert (report.format, report.unit, report.labelled) == ("columns", "char", True)


def test_document_markers_are_counted_and_are_no_text(load):
    examples, _ = load(
        "-DOCSTART- -X- O\n\nEU NNP B-ORG\nrejects VBZ O\n\n-DOCSTART- -X- O\nPeter NNP B-PER\n"
    )
    assert [(example.text, example.doc) for example in examples] == [("EU rejects", 0), ("Peter", 1)]
    assert examples[1].source.endswith("data.txt:7")


def test_words_are_joined_and_keep_their_offsets(load):
    (english,), report = load("The O\nEuropean B-ORG\nUnion I-ORG\n")
    assert english.text == "The European Union"
    assert english.tokens == [(0, 3), (4, 12), (13, 18)]
    assert english.spans == [Span(4, 18, "ORG")]
    assert report.unit == "word"
    (chinese,), _ = load("王明 B-PER\n来自 O\nIBM B-ORG\n公司 I-ORG\n", unit="word")
    assert chinese.text == "王明来自 IBM 公司"


def test_a_character_file_may_hold_longer_tokens(load):
    (example,), report = load("我 O\n在 O\n北 B-LOC\n京 I-LOC\n2008 O\n年 O\n")
    assert (report.unit, example.text) == ("char", "我在北京2008年")
    assert example.tokens[4:] == [(4, 8), (8, 9)]


@pytest.mark.parametrize(
    "content", ["王 B-PER\n  O\n明 B-PER\n", "王\tB-PER\n \tO\n明\tB-PER\n", "王\tB-PER\n\tO\n明\tB-PER\n"]
)
def test_a_blank_can_be_a_token(load, content):
    (example,), _ = load(content)
    assert example.text == "王 明"


def test_columns_can_be_named(load):
    content = "B-PER x 王\nI-PER y 明\n"
    (example,), _ = load(content, format="columns", text_column=2, tag_column=0)
    assert (example.text, example.spans) == ("王明", PER)
    with pytest.raises(DataError, match=r"there is no column 7, the lines have 3"):
        load(content, format="columns", tag_column=7)
    with pytest.raises(DataError, match=r"column 2 can't be both the text and the tags"):
        load(content, format="columns", text_column=2)


def test_one_column_is_a_text_without_labels(load):
    examples, report = load("王\n明\n\n好\n")
    assert [example.text for example in examples] == ["王明", "好"]
    assert not report.labelled


def test_the_scheme_is_found_and_repairs_are_counted(load):
    _, report = load("王 B-PER\n明 E-PER\n\n好 M-PER\n吗 O\n")
    assert (report.scheme, report.repairs) == ("BMESO", 2)
    (example,), report = load("王 I-PER\n明 B-PER\n来 O\n", scheme="BIO")
    assert (example.spans, report.repairs) == ([Span(0, 1, "PER"), Span(1, 2, "PER")], 1)


BAD = "王 B-PER\n明\n\n好 O\n\n来 O\n吗 Q-PER\n\n啊 O\n"


def test_bad_lines_are_all_named(load):
    with pytest.raises(DataError) as error:
        load(BAD)
    assert error.value.exit_code == 4
    assert str(error.value).splitlines()[0].endswith("data.txt: 2 lines can't be understood")
    assert [line.rpartition("data.txt:")[2] for line in error.value.details] == [
        "2: wanted 2 columns, got '明'",
        "7: wanted a tag of BIO, got 'Q-PER'",
    ]
    assert "data.skip_bad=true" in error.value.todo


def test_bad_lines_can_be_skipped_with_their_texts(load):
    examples, report = load(BAD, skip_bad=True)
    assert [(example.id, example.text) for example in examples] == [("1", "好"), ("3", "啊")]
    assert (report.bad_lines, report.dropped) == (2, 2)


def test_only_the_first_bad_lines_are_quoted_and_shortened(load):
    with pytest.raises(DataError) as error:
        load("好 O\n\n" * 300 + f"{'长' * 99}\n\n" * 12)
    assert error.value.details[0].endswith(f"601: wanted 2 columns, got '{'长' * 38}…")
    assert error.value.details[-1] == "… and 7 more"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        ("两行\n没有标签的文字\n".encode(), "is in no format that can be told from its content"),
        ("王 O\n".encode("utf-16"), "is UTF-16, wanted UTF-8"),
        ("王 B-PER\n明 M-PER\n来 L-PER\n".encode(), "fit no known scheme"),
        ("王明 O\n".encode("gb18030") + b"a O\n", "iconv -f GB18030 -t UTF-8"),
    ],
)
def test_what_is_wrong_with_a_whole_file(load, content, message):
    with pytest.raises(DataError, match=message):
        load(content)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"train\.bio: no such file"):
        read(tmp_path / "train.bio")


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_data_error(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(text.encode("utf-8", errors="replace"))
    for format in ("auto", "columns", "cluener", "spans", "text"):
        try:
            read(path, format)
        except DataError:
            continue
