"""The other formats: PubTator and MEDIC, terms and code lists, plain JSON lines, workbooks."""

import codecs
import json
from zipfile import ZipFile

import pytest

from nlpx.errors import DataError
from nlpx.tasks.entity_linking.data import read, read_kb
from nlpx.tasks.entity_linking.example import Mention
from nlpx.tasks.entity_linking.formats.medic import OTHER_ID
from nlpx.tasks.entity_linking.formats.pubtator import concepts_of
from nlpx.tasks.entity_linking.formats.terms import targets
from tests.tasks.entity_linking.el_samples import write_rows

PUBTATOR = """
7|t|Skin tumour and cleft lip.
7|a|It is rare.
7\t0\t11\tSkin tumour\tDiseaseClass\tD012878
7\t16\t25\tcleft lip\tComposite\tOMIM:119530|D002971

8|t|Nothing
8|a|here
"""


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_pubtator_blocks_join_title_and_abstract(tmp_path):
    (first, second), report = read(write(tmp_path / "a.txt", PUBTATOR))
    assert first.text == "Skin tumour and cleft lip. It is rare."
    assert first.mentions == [
        Mention(0, 11, "D012878", "Skin tumour"),
        Mention(16, 25, "119530", "cleft lip"),
        Mention(16, 25, "D002971", "cleft lip"),
    ]
    assert (second.labelled, report.format) == (False, "pubtator")


def test_a_document_that_is_there_twice_counts_once(tmp_path):
    examples, report = read(write(tmp_path / "a.txt", PUBTATOR + PUBTATOR))
    assert len(examples) == 2
    assert report.odd["document twice"] == 2
    with pytest.raises(DataError, match="1 line"):
        read(write(tmp_path / "a.txt", PUBTATOR + "\n8|t|Other\n8|a|text\n"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("D1", ["D1"]),
        (" D1+D2 ", ["D1", "D2"]),
        ("OMIM:1|D1|D1", ["1", "D1"]),
        ("MESH:D1", ["D1"]),
        ("-1", [None]),
        ("", [None]),
    ],
)
def test_concepts_of_a_mention(given, expected):
    assert concepts_of(given) == expected


@pytest.mark.parametrize("line", ["7\t0\t99\tSkin\tX\tD1", "7\t0", "7\ta\tb\tc\td\te"])
def test_bad_mentions_of_pubtator_are_named(tmp_path, line):
    text = f"7|t|Skin tumour\n7|a|\n{line}\n"
    with pytest.raises(DataError) as error:
        read(write(tmp_path / "a.txt", text))
    assert "line 3" in error.value.details[0]


def test_medic_lines_with_and_without_other_ids(tmp_path):
    lines = "C1||One\n270400|D019082|C9||Smith, Lemli|SLO\n"
    one, two = read_kb(write(tmp_path / "medic.txt", lines))
    assert (one.id, one.names, one.attributes) == ("C1", ["One"], [])
    assert two.names == ["Smith, Lemli", "SLO"]
    assert two.attributes == [(OTHER_ID, "D019082"), (OTHER_ID, "C9")]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("膝骨关节病", ["膝骨关节病"]),
        ("膝骨关节病##膝关节游离体", ["膝骨关节病", "膝关节游离体"]),
        ('"股骨骨折##下肢损伤,水平未特指"', ["股骨骨折", "下肢损伤,水平未特指"]),
        ("a##a## ", ["a"]),
        ("", []),
    ],
)
def test_standard_terms_of_a_field(given, expected):
    assert targets(given) == expected


def test_terms_as_tsv(tmp_path):
    lines = "原始词\t标准词\n左膝退变\t膝骨关节病##游离体\n头痛\n"
    (first, second), report = read(write(tmp_path / "train.tsv", lines))
    assert [mention.entity_id for mention in first.mentions] == ["膝骨关节病", "游离体"]
    assert first.places == [(0, 4)]
    assert (second.labelled, second.places, report.format) == (False, [(0, 2)], "terms")


def test_terms_as_json_array(tmp_path):
    rows = [{"text": "头痛.头晕", "normalized_result": "头痛##头晕"}, {"text": 3}]
    path = write(tmp_path / "train.json", json.dumps(rows, ensure_ascii=False, indent=1))
    [example], report = read(path, skip_bad=True)
    assert len(example.mentions) == 2
    assert report.dropped == 1


def test_codes_of_one_name_are_one_entity(tmp_path):
    path = write(tmp_path / "code.tsv", "00.0\t超声\n00.1\t超声\n00.2\t溶栓\n")
    one, two = read_kb(path)
    assert (one.id, one.name, [value for _, value in one.attributes]) == ("超声", "超声", ["00.0", "00.1"])
    assert two.id == "溶栓"
    with pytest.raises(DataError, match="1 line"):
        list(read_kb(write(tmp_path / "bad.tsv", "00.0\t超声\n00.1\n")))


def workbook(path):
    """A workbook with shared, inline and plain cells, a gap and a header."""
    shared = "<sst><si><t>主要编码</t></si><si><t>霍</t><r><t>乱</t></r></si></sst>"
    row1 = '<row><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>名称</t></is></c></row>'
    row2 = '<row><c r="A2"><v>1</v></c><c r="B2" t="s"><v>1</v></c></row>'
    row3 = '<row><c r="B3" t="inlineStr"><is><t>伤寒</t></is></c></row>'
    with ZipFile(path, "w") as book:
        book.writestr("xl/sharedStrings.xml", shared)
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet>{row1}{row2}{row3}</worksheet>")
    return path


def test_the_first_sheet_of_a_workbook(tmp_path):
    entities = list(read_kb(workbook(tmp_path / "icd.xlsx")))
    assert [(one.name, one.attributes) for one in entities] == [("霍乱", [("code", "1")]), ("伤寒", [])]


def test_a_zip_file_that_is_no_workbook(tmp_path):
    with ZipFile(tmp_path / "icd.xlsx", "w") as book:
        book.writestr("a.txt", "a")
    with pytest.raises(DataError, match="no workbook"):
        list(read_kb(tmp_path / "icd.xlsx"))


def test_plain_texts_and_entities(tmp_path):
    mentions = [{"start": 0, "end": 2, "entity_id": "q1"}, {"start": 2, "end": 3, "entity_id": None}]
    rows = [{"text": "李娜唱", "mentions": mentions}, {"id": "x", "text": "苹果"}]
    (first, second), report = read(write_rows(tmp_path / "a.jsonl", rows))
    assert first.mentions == [Mention(0, 2, "q1", "李娜"), Mention(2, 3, None, "唱")]
    assert (first.id, second.id, second.labelled, report.format) == ("0", "x", False, "plain")
    facts = {"id": "q1", "name": "李娜", "aliases": ["娜姐"], "description": "歌手", "type": "人"}
    [entity] = read_kb(write_rows(tmp_path / "kb.jsonl", [facts]))
    assert (entity.names, entity.type, entity.text()) == (["李娜", "娜姐"], ("人",), "歌手")


def test_plain_offsets_past_the_end_are_refused(tmp_path):
    rows = [{"id": "1", "text": "李娜", "mentions": [{"start": 0, "end": 3, "entity_id": "q1"}]}]
    with pytest.raises(DataError) as error:
        read(write_rows(tmp_path / "a.jsonl", rows))
    assert "no span of a text of 2 characters: start 0, end 3" in error.value.details[0]


@pytest.mark.parametrize(
    "content", [PUBTATOR, "头痛\t头痛病\n头晕\t眩晕\n", '{"text": "李娜"}\n{"text": "苹果"}\n']
)
def test_line_ends_and_byte_order_marks_make_no_difference(tmp_path, content):
    plain, _ = read(write(tmp_path / "a.txt", content))
    (tmp_path / "b.txt").write_bytes(codecs.BOM_UTF8 + content.replace("\n", "\r\n").encode())
    windows, _ = read(tmp_path / "b.txt")
    assert [(one.id, one.text, one.mentions) for one in windows] == [
        (one.id, one.text, one.mentions) for one in plain
    ]


@pytest.mark.parametrize("reader", [read, read_kb], ids=["texts", "knowledge base"])
def test_an_unknown_format_asks_for_its_name(tmp_path, reader):
    with pytest.raises(DataError, match="no format that can be told"):
        reader(write(tmp_path / "a.txt", "just a line\n"))
